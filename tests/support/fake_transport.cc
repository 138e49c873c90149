#include "support/fake_transport.h"

#include <optional>

namespace test {
namespace {

std::string withoutQuery(const std::string& route) {
  return route.substr(0, route.find('?'));
}

/// The next of a route's script: exact first, then without the query.
template <class T>
std::optional<T> next(std::map<std::string, std::deque<T>>& scripts, const std::string& route) {
  auto found = scripts.find(route);
  if (found == scripts.end()) found = scripts.find(withoutQuery(route));
  if (found == scripts.end()) return std::nullopt;
  T first = found->second.front();
  if (found->second.size() > 1) found->second.pop_front();
  return first;
}

}  // namespace

net::Response response(int status, std::string body, std::vector<net::Header> headers) {
  net::Response out;
  out.status = status;
  out.body = std::move(body);
  out.headers = std::move(headers);
  return out;
}

net::Response jsonResponse(const json::Value& body, int status) {
  return response(status, json::dump(body), {{"Content-Type", "application/json"}});
}

net::Response statusResponse(int code, std::string_view reason, std::string_view message,
                             std::vector<net::Header> headers) {
  net::Response out = jsonResponse(json::Value::object({{"kind", "Status"},
                                                        {"apiVersion", "v1"},
                                                        {"status", "Failure"},
                                                        {"message", message},
                                                        {"reason", reason},
                                                        {"code", code}}),
                                   code);
  out.headers.insert(out.headers.end(), headers.begin(), headers.end());
  return out;
}

FakeTransport& FakeTransport::on(const std::string& route, Answer answer) {
  answers_[route].push_back(std::move(answer));
  return *this;
}

FakeTransport& FakeTransport::onStream(const std::string& path, Stream stream) {
  streams_[path].push_back(std::move(stream));
  return *this;
}

std::vector<FakeTransport::Answer> FakeTransport::send(std::vector<net::Request> requests, int) {
  std::vector<Answer> out;
  for (net::Request& request : requests) {
    const std::string route = request.method + " " + request.path;
    out.push_back(next(answers_, route).value_or(statusResponse(404, "NotFound", "no route " + route)));
    log_.push_back(std::move(request));
  }
  return out;
}

base::Status FakeTransport::converse(std::vector<net::Dialogue> dialogues, int) {
  for (net::Dialogue& dialogue : dialogues) {
    dialogue.request.method = "WEBSOCKET";
    log_.push_back(dialogue.request);
    const auto stream = next(streams_, dialogue.request.path);
    if (stream)
      (*stream)(*dialogue.conversation, dialogue);
    else
      dialogue.conversation->onError(dialogue.refusal(statusResponse(404, "NotFound", "no stream")));
  }
  return {};
}

std::size_t FakeTransport::count(const std::string& route) const {
  std::size_t found = 0;
  for (const net::Request& request : log_) {
    const std::string asked = request.method + " " + request.path;
    if (asked == route || withoutQuery(asked) == route) ++found;
  }
  return found;
}

std::string headerOf(const net::Request& request, std::string_view name) {
  for (const auto& [key, value] : request.headers)
    if (key == name) return value;
  return {};
}

}  // namespace test
