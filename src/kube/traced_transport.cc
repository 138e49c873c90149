#include "kube/traced_transport.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "kube/asked.h"
#include "kube/redact.h"
#include "kube/rest_api.h"

namespace kube {

namespace {

constexpr int withBodies = 8, whole = 9;
constexpr std::size_t shownOfBody = 1024;  // as kubectl's level 8

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool isSecret(const std::string& name) {
  const auto plain = lower(name);
  for (const char* part : {"authorization", "cookie", "token", "secret", "password", "key"}) {
    if (plain.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string headersText(const std::vector<net::Header>& headers) {
  std::string text;
  for (const auto& [name, value] : headers)
    text += fmt::format("\n    {}: {}", name, isSecret(name) ? "<hidden>" : value);
  return text;
}

std::string bodyText(const std::string& shown, int level) {
  if (level >= whole || shown.size() <= shownOfBody) return shown;
  return fmt::format("{} [{} more bytes]", shown.substr(0, shownOfBody), shown.size() - shownOfBody);
}

/// Bodies about these are never parsed again for telling: their copies could not be cleansed.
bool holdsSecrets(const net::Request& request) {
  const auto asked = kube::askedOf(request.method, request.path);
  return asked.resource == secrets.plural || asked.sub == "token";
}

std::string hiddenText(const std::string& body) {
  return fmt::format("<hidden: {}>", base::plural(body.size(), "byte", "bytes"));
}

/// What is not JSON may hold anything, a log or a page, and is not shown.
std::string notShown(const std::string& body) {
  return fmt::format("<{}, not JSON>", base::plural(body.size(), "byte", "bytes"));
}

class TracedTransport final : public net::Transport {
 public:
  TracedTransport(std::unique_ptr<net::Transport> inner, Tracing tracing)
      : inner_(std::move(inner)), tracing_(tracing) {}

  using Transport::send;
  std::vector<base::Result<net::Response>> send(std::vector<net::Request> requests, int inFlight) override {
    std::vector<net::Request> asked;  // without what is sent: the answers are told by it
    for (const auto& request : requests) {
      tracing_.write(describeRequest(request, tracing_.level));
      net::Request brief;
      brief.method = request.method;
      brief.path = request.path;
      asked.push_back(std::move(brief));
    }
    auto answers = inner_->send(std::move(requests), inFlight);
    for (std::size_t i = 0; i < answers.size() && tracing_.level >= withBodies; ++i) {
      if (answers[i]) tracing_.write(describeResponse(asked[i], *answers[i], tracing_.level));
    }
    return answers;
  }
  base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight) override {
    for (const auto& dialogue : dialogues) tracing_.write(describeRequest(dialogue.request, tracing_.level));
    return inner_->converse(std::move(dialogues), inFlight);
  }

 private:
  std::unique_ptr<net::Transport> inner_;
  const Tracing tracing_;
};

}  // namespace

std::string describeRequest(const net::Request& request, int level) {
  auto text =
      fmt::format("{} {}, request headers:{}", request.method, request.path, headersText(request.headers));
  if (!request.bearerToken.empty()) text += "\n    Authorization: Bearer <hidden>";
  if (level < withBodies || request.body.empty()) return text;
  if (holdsSecrets(request)) return text + "\n  request body: " + hiddenText(request.body);
  const auto body = json::parse(request.body);
  if (!body) return text + "\n  request body: " + notShown(request.body);
  const auto type =
      std::find_if(request.headers.begin(), request.headers.end(),
                   [](const net::Header& header) { return lower(header.first) == "content-type"; });
  Write write{request.method, request.path, type == request.headers.end() ? "" : type->second, *body};
  return text + "\n  request body: " + bodyText(json::dump(redacted(write)), level);
}

std::string describeResponse(const net::Request& request, const net::Response& response, int level) {
  auto text = fmt::format("{} {}, response {}, headers:{}", request.method, request.path, response.status,
                          headersText(response.headers));
  if (response.body.empty()) return text;
  if (holdsSecrets(request)) return text + "\n  response body: " + hiddenText(response.body);
  const auto body = json::parse(response.body);
  const auto shown = body ? json::dump(redactedAnswer(*body)) : notShown(response.body);
  return text + "\n  response body: " + bodyText(shown, level);
}

std::unique_ptr<net::Transport> traced(std::unique_ptr<net::Transport> inner, Tracing tracing) {
  return std::make_unique<TracedTransport>(std::move(inner), tracing);
}

base::Result<std::unique_ptr<Api>> connectTraced(const ClusterAccess& access, base::Clock& clock,
                                                 Tracing tracing) {
  if (tracing.level <= 6) return connect(access, clock, tracing.write);
  const base::Millis timeout =
      access.requestTimeout > base::Millis{0} ? access.requestTimeout : defaultRequestTimeout;
  const auto make = [=](net::Endpoint endpoint) {
    return traced(net::makeCurlTransport(std::move(endpoint), timeout, tracing.write), tracing);
  };
  auto api = std::make_unique<RestApi>(make, access, clock);
  TRY(api->start());
  return api;
}

}  // namespace kube
