#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace net {

/// Reads one HTTP/1.1 response from bytes as they come (an Envoy's admin port over a port-forward): head, then
/// Content-Length, chunked, or until the end of the stream. A body that ends early is an error, never a value.
class ResponseParser {
 public:
  /// Takes more bytes. True once the response is complete; Kind::failed if it is not HTTP or larger than `limit`.
  base::Result<bool> feed(std::string_view bytes);
  /// The stream has ended. Success if that completes the response.
  base::Status finish();
  [[nodiscard]] bool complete() const { return complete_; }
  [[nodiscard]] const Response& response() const { return response_; }

 private:
  base::Result<bool> advance();
  base::Status parseHead(std::string_view head);
  base::Result<bool> advanceChunk();

  static constexpr std::size_t limit = std::size_t{256} << 20;
  enum class State { head, length, chunkHead, chunkData, chunkEnd, trailer, untilEnd, done };
  State state_ = State::head;
  std::string buffer_;
  std::size_t remaining_ = 0;
  bool complete_ = false;
  Response response_;
};

/// A GET with "Connection: close", as one string.
std::string formatGet(std::string_view path, std::string_view host);

}  // namespace net
