#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace net {

/// A unary gRPC call: one message there, one back.
struct GrpcRequest {
  std::string authority;       // "istiod.istio-system.svc:15012"
  std::string path;            // "/package.Service/Method"
  base::Secret bearerToken{};  // sent as "authorization: Bearer ..."; may be empty
  std::string message{};       // protobuf
};

/// The client's side of one call over an HTTP/2 connection of its own, without I/O: bytes in and bytes out,
/// over nghttp2 (grpc: doc/PROTOCOL-HTTP2.md). What it gives to send holds the token: whoever sends it
/// cleanses it.
///
///     send(TRY call.start()); while (!call.done()) send(TRY call.feed(received)); call.answer()
class GrpcCall {
 public:
  static constexpr std::size_t largestAnswer = std::size_t{4} << 20;  // as grpc-go's default

  explicit GrpcCall(GrpcRequest request);
  ~GrpcCall();
  GrpcCall(GrpcCall&&) noexcept;
  GrpcCall& operator=(GrpcCall&&) noexcept;

  /// The first bytes to send.
  base::Result<std::string> start();
  /// Takes bytes from the server, gives those to send next (maybe none). Fails where the call does: a broken
  /// protocol, a stream that was reset or refused, an HTTP or gRPC status that says no, an answer that is too
  /// large or not one whole message. The reason is the server's own where it gives one. Kind::unavailable
  /// where it may work when tried again, else failed.
  base::Result<std::string> feed(std::string_view received);
  /// The server has closed the connection: an error unless done().
  base::Status end();
  /// The answer is there, whole.
  [[nodiscard]] bool done() const;
  /// The message, once done().
  [[nodiscard]] std::string_view answer() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace net
