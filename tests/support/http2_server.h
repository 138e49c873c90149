#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_session;

namespace support {

/// The server's side of an HTTP/2 connection in memory: every request is answered as it is told to.
class Http2Server {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  struct Request {
    Headers headers{};
    std::string body{};
    [[nodiscard]] std::string header(std::string_view name) const;
  };
  struct Answer {
    Headers headers{};   // with ":status"
    std::string body{};  // none: the headers end the stream, without trailers
    Headers trailers{};
    std::optional<std::uint32_t> reset{}, goAway{};  // instead of, and before all of this; error codes
  };
  using Handler = std::function<Answer(const Request&)>;

  explicit Http2Server(Handler handler);
  ~Http2Server();

  /// Takes bytes from the client, gives those to send.
  std::string feed(std::string_view received);
  [[nodiscard]] const std::vector<Request>& seen() const { return seen_; }

 private:
  struct Callbacks;
  void answer(std::int32_t stream);

  Handler handler_;
  nghttp2_session* session_ = nullptr;
  Request request_{};
  Answer answer_{};
  std::size_t sent_ = 0;  // of the body
  std::vector<Request> seen_{};
};

/// One gRPC message as it stands in a body.
std::string grpcMessage(std::string_view message, bool compressed = false);
/// What a gRPC server answers to a call: the message, or a status alone.
Http2Server::Answer grpcAnswer(std::string_view message);
Http2Server::Answer grpcStatus(int code, const std::string& message);

}  // namespace support
