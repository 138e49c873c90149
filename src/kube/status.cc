#include "kube/status.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "kube/api.h"

namespace kube {
namespace {

/// What a status code means to us, and the word for it in a message.
struct Meaning {
  int from, to;
  base::Kind kind;
  std::string_view word;
};
constexpr Meaning meanings[] = {
    {300, 399, base::Kind::failed, "redirected"},
    {400, 400, base::Kind::failed, "bad request"},
    {401, 401, base::Kind::forbidden, "unauthorized"},
    {403, 403, base::Kind::forbidden, "forbidden"},
    {404, 404, base::Kind::notFound, "not found"},
    {405, 405, base::Kind::failed, "method not allowed"},
    {409, 409, base::Kind::conflict, "conflict"},
    {410, 410, base::Kind::failed, "expired"},
    {415, 415, base::Kind::failed, "unsupported media type"},
    {422, 422, base::Kind::failed, "invalid"},
    {429, 429, base::Kind::unavailable, "too many requests"},
    {503, 503, base::Kind::unavailable, "service unavailable"},
    {504, 504, base::Kind::unavailable, "gateway timeout"},
    {500, 599, base::Kind::unavailable, "internal error"},
};

Meaning meaningOf(int status) {
  for (const Meaning& meaning : meanings)
    if (status >= meaning.from && status <= meaning.to) return meaning;
  return {status, status, base::Kind::failed, "refused"};
}

/// The beginning of a body that is not ours to understand, in one printable line.
std::string excerpt(std::string_view body) {
  constexpr std::size_t most = 120;
  std::string out;
  for (const char c : base::trim(body).substr(0, most)) out += c >= ' ' && c != 0x7f ? c : ' ';
  return body.size() > most ? out + "..." : out;
}

constexpr std::string_view notKubernetes =
    "check the server and the proxy in the kubeconfig: this does not look like a Kubernetes API server";

constexpr std::string_view wantsTls = "write https:// in the address of the server";

struct Explanation {
  std::string reason;
  std::string_view hint{};  // where it does not look like the words of an API server
};

/// Kubernetes' Status message; else the plain text that Go servers send; else what kind of thing came
/// instead.
Explanation explain(const net::Response& response) {
  const auto value = json::parse(response.body);
  if (value && (*value)["kind"].text() == "Status") {
    const std::string_view message = (*value)["message"].text();
    return {std::string(message.empty() ? (*value)["reason"].text() : message)};
  }
  if (const auto to = response.header("location"); response.status < 400 && !to.empty())
    return {fmt::format("a redirect to {}", excerpt(to)), notKubernetes};
  const std::string text = excerpt(response.body);
  if (text.empty()) return {fmt::format("status {} without an explanation", response.status)};
  const std::string_view type = response.header("content-type");
  // Go's HTTP server gives its own refusals (plain HTTP sent to a TLS port) no content type.
  if (type.starts_with("text/plain") || (type.empty() && !text.starts_with('<')))
    return {text, text.find("HTTP request to an HTTPS server") != text.npos ? wantsTls : std::string_view{}};
  return {fmt::format("status {} and no Kubernetes Status but {}: {}", response.status,
                      type.empty() ? "a page" : type, text),
          notKubernetes};
}

std::string hintOf(int status, const Asked& asked) {
  switch (status) {
    case 401:
      return "log in again: the token or certificate in the kubeconfig has expired or is not known to this "
             "server";
    case 403:
      if (asked.resource.empty()) return {};
      return fmt::format("ask for the permission to {} ({})", permission(asked), canI(asked));
    case 409:
      return "someone else changed it, or it exists already: look again and repeat";
    case 429:
      return "the API server is overloaded: try again later";
    default:
      return {};
  }
}

base::Error makeError(const net::Response& response, std::string_view what, const Asked& asked) {
  const Meaning meaning = meaningOf(response.status);
  Explanation why = explain(response);
  return {meaning.kind, fmt::format("{}: {}", what, meaning.word), std::move(why.reason),
          why.hint.empty() ? hintOf(response.status, asked) : std::string(why.hint)};
}

}  // namespace

base::Error errorOf(const net::Response& response, const Asked& asked, std::string_view server) {
  return makeError(response, fmt::format("{} on {}", describe(asked), server), asked);
}

base::Error errorOf(const net::Response& response, std::string_view what) {
  return makeError(response, what, Asked{});
}

base::Result<json::Value> valueOf(const net::Response& response, const Asked& asked,
                                  std::string_view server) {
  if (response.status < 200 || response.status >= 300) return base::fail(errorOf(response, asked, server));
  auto value = json::parse(response.body);
  if (value) return value;
  const std::string_view type = response.header("content-type");
  return base::fail({base::Kind::failed,
                     fmt::format("{} on {}: the answer is not JSON", describe(asked), server),
                     fmt::format("{} ({}): {}", base::describe(value.error()),
                                 type.empty() ? "no content type" : type, excerpt(response.body)),
                     std::string(notKubernetes)});
}

base::Result<json::Value> valueOf(const base::Result<net::Response>& answer, const Asked& asked,
                                  std::string_view server) {
  if (answer) return valueOf(*answer, asked, server);
  if (answer.error().kind == base::Kind::interrupted) return base::fail(answer.error());
  return base::fail(answer.error().context(describe(asked)));
}

base::Error refusedUpgrade(const net::Response& response) {
  return errorOf(response, "refused");
}

}  // namespace kube
