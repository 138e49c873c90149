#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/http.h"

namespace net {

/// A request as a server reads it.
struct IncomingRequest {
  std::string method;
  std::string target;  // path and query, as sent
  std::vector<Header> headers;
  std::string body;
  bool keepAlive = true;
  /// The first header of that name, whatever its case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Reads one HTTP/1.1 request after the other from bytes as they come: head, then Content-Length or chunked.
/// What is ambiguous (two lengths, a length and an encoding) is refused, as is what is larger than the
/// limits: a head of 64 KiB, and that of the body.
class RequestParser {
 public:
  explicit RequestParser(std::size_t bodyLimit = std::size_t{16} << 20) : limit_(bodyLimit) {}

  void feed(std::string_view bytes) { buffer_ += bytes; }
  /// The next whole request; nullopt if it is not there yet. Kind::usage for what is none: the connection
  /// cannot go on then.
  base::Result<std::optional<IncomingRequest>> next();
  /// The client waits for "100 Continue" before it sends the body; true once per request.
  bool takeExpectation();
  /// What was fed behind the last request: another protocol's bytes after an upgrade.
  std::string takeRest();

 private:
  base::Result<bool> readHead();
  base::Status readLines(std::string_view head);
  base::Status chooseBody();
  base::Result<bool> readChunks();
  base::Result<std::optional<std::string_view>> line();

  enum class State { head, length, chunkHead, chunkData, chunkEnd, trailer, whole };
  std::size_t limit_;
  State state_ = State::head;
  std::string buffer_;
  std::size_t position_ = 0;   // what is before it has been read
  std::size_t remaining_ = 0;  // of the body or the chunk
  bool expects_ = false;
  IncomingRequest request_{};
};

/// The head of a response, with its empty line.
std::string formatHead(int status, const std::vector<Header>& headers);

}  // namespace net
