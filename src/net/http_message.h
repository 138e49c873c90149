#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace net {

/// Reads one HTTP/1.1 response from bytes as they come (an Envoy's admin port over a port-forward): head,
/// then Content-Length, chunked, or until the end of the stream. A body that ends early is an error, never a
/// value. Interim responses (1xx) are skipped; 101 ends with its head, what follows it is another protocol's.
class ResponseParser {
 public:
  /// `limit`: of the body, in bytes.
  explicit ResponseParser(std::size_t limit = std::size_t{256} << 20) : limit_(limit) {}

  /// Takes more bytes. True once the response is complete; Kind::failed if it is not HTTP or larger than
  /// `limit`.
  base::Result<bool> feed(std::string_view bytes);
  /// The stream has ended. Success if that completes the response.
  base::Status finish();
  [[nodiscard]] bool complete() const { return state_ == State::done; }
  [[nodiscard]] bool headComplete() const { return state_ != State::head; }
  /// What has been read of it, complete or not.
  [[nodiscard]] const Response& response() const { return response_; }
  /// What was fed behind the end of the response.
  [[nodiscard]] std::string_view rest() const { return std::string_view(buffer_).substr(position_); }

 private:
  enum class State { head, length, chunkHead, chunkData, chunkEnd, trailer, untilEnd, done };

  /// One step from state to state; false if it needs more bytes.
  base::Result<bool> advance();
  base::Result<bool> readHead();
  base::Status readHeaders(std::string_view lines);
  base::Status chooseBody();
  base::Result<bool> readChunkHead();
  base::Result<bool> readTrailer();
  bool readBody(State then);
  /// The line at the position without its CRLF, which is skipped; nullopt if it is not there yet.
  base::Result<std::optional<std::string_view>> takeLine();
  [[nodiscard]] std::size_t available() const { return buffer_.size() - position_; }

  std::size_t limit_;
  State state_ = State::head;
  std::string buffer_;
  std::size_t position_ = 0;   // what is before it has been read
  std::size_t remaining_ = 0;  // of the body or the chunk
  Response response_;
};

/// A GET with "Connection: close", as one string.
std::string formatGet(std::string_view path, std::string_view host);

}  // namespace net
