#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "json/value.h"
#include "net/http.h"

namespace test {

net::Response response(int status, std::string body, std::vector<net::Header> headers = {});
net::Response jsonResponse(const json::Value& body, int status = 200);
/// As the API server refuses: {"kind":"Status","code":..,"reason":..,"message":..}.
net::Response statusResponse(int code, std::string_view reason, std::string_view message,
                             std::vector<net::Header> headers = {});

/// A network of scripted answers that remembers what was asked. Routes are "GET /api/v1/pods?limit=500"; a
/// route without a query answers every query. The last answer of a route repeats; without a route it is a
/// 404.
class FakeTransport final : public net::Transport {
 public:
  using Answer = base::Result<net::Response>;
  /// Speaks to a conversation as the server.
  using Stream = std::function<void(net::Conversation& conversation, const net::Dialogue& dialogue)>;

  FakeTransport& on(const std::string& route, Answer answer);
  /// For the path with or without its query. Streams of one path are used up in turn, the last repeats.
  FakeTransport& onStream(const std::string& path, Stream stream);

  std::vector<Answer> send(std::vector<net::Request> requests, int inFlight) override;
  base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight) override;

  /// Everything that was asked, streams too (method "WEBSOCKET").
  [[nodiscard]] const std::vector<net::Request>& log() const { return log_; }
  /// How many requests have gone to that route's path (with or without query).
  [[nodiscard]] std::size_t count(const std::string& route) const;

 private:
  std::map<std::string, std::deque<Answer>> answers_;
  std::map<std::string, std::deque<Stream>> streams_;
  std::vector<net::Request> log_;
};

/// The value of a request's header; empty if there is none.
std::string headerOf(const net::Request& request, std::string_view name);

}  // namespace test
