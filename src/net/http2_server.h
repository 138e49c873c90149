#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_session;

namespace net {

/// The server's side of an HTTP/2 connection, without I/O: bytes in and bytes out, over nghttp2. Each request
/// is answered once it is whole.
class Http2Server {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  static constexpr std::size_t largestRequest = std::size_t{4}
                                                << 20;  // headers or body; as grpc-go's default
  struct Request {
    Headers headers{};
    std::string body{};
    /// The first of that name (lower case); empty if there is none.
    [[nodiscard]] std::string header(std::string_view name) const;
  };
  struct Answer {
    Headers headers{};   // with ":status"
    std::string body{};  // none: the headers end the stream, without trailers
    Headers trailers{};
    std::optional<std::uint32_t> reset{}, goAway{};  // instead of, and before all of this; error codes
  };
  using Handler = std::function<Answer(const Request&)>;

  /// Of a request whose body goes on: whether its headers alone are to be answered (gRPC to a method that
  /// there is not, whose client may never end its stream).
  using Early = std::function<bool(const Request&)>;

  explicit Http2Server(Handler handler, Early early = {});
  ~Http2Server();
  Http2Server(const Http2Server&) = delete;
  Http2Server& operator=(const Http2Server&) = delete;

  /// Takes bytes from the client, gives those to send.
  std::string feed(std::string_view received);
  /// The connection is of no use any more: the client broke the protocol, or both sides have ended it.
  [[nodiscard]] bool closed() const;

 private:
  struct Callbacks;
  struct Stream {
    Request request{};
    std::size_t headerBytes = 0;
    Answer answer{};
    bool answered = false;
    std::size_t sent = 0;  // of the answer's body
  };
  [[nodiscard]] bool isEarly(std::int32_t id);
  void answer(std::int32_t id);

  Handler handler_;
  Early early_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Stream> streams_{};
  bool broken_ = false;
};

/// One gRPC message as it stands in a body (grpc: doc/PROTOCOL-HTTP2.md).
std::string grpcMessage(std::string_view message, bool compressed = false);
/// What a gRPC server answers to a call: the message, or a status alone.
Http2Server::Answer grpcAnswer(std::string_view message);
Http2Server::Answer grpcStatus(int code, const std::string& message);
/// The one message of a unary call's body; nullopt if it is not one whole, uncompressed message.
std::optional<std::string_view> grpcRequestMessage(std::string_view body);

}  // namespace net
