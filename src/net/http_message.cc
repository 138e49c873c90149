#include "net/http_message.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "net/header.h"

namespace net {

namespace {

tl::unexpected<base::Error> malformed(std::string reason) {
  return base::fail({.message = "not an HTTP response", .reason = std::move(reason)});
}

/// "HTTP/1.1 200 OK": the status.
std::optional<int> statusOf(std::string_view line) {
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
  int status = 0;
  const auto [end, error] = std::from_chars(line.data() + 9, line.data() + 12, status);
  if (error != std::errc() || end != line.data() + 12 || status < 100) return std::nullopt;
  if (line.size() > 12 && line[12] != ' ') return std::nullopt;
  return status;
}

}  // namespace

std::optional<std::size_t> wholeNumber(std::string_view text, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

base::Result<bool> ResponseParser::feed(std::string_view bytes) {
  buffer_ += bytes;
  while (!complete()) {
    TRY_ASSIGN(const bool advanced, advance());
    if (!advanced) break;
  }
  buffer_.erase(0, position_);
  position_ = 0;
  return complete();
}

base::Status ResponseParser::finish() {
  if (state_ == State::untilEnd) state_ = State::done;
  if (complete()) return {};
  return base::fail({.kind = base::Kind::unavailable,
                     .message = "the connection ended before the response was complete",
                     .reason = headComplete()
                                   ? std::to_string(response_.body.size()) + " bytes of the body came"
                                   : "not even the head came"});
}

base::Result<bool> ResponseParser::advance() {
  switch (state_) {
    case State::head:
      return readHead();
    case State::length:
      return readBody(State::done);
    case State::chunkHead:
      return readChunkHead();
    case State::chunkData:
      return readBody(State::chunkEnd);
    case State::chunkEnd: {
      TRY_ASSIGN(const auto line, takeLine());
      if (!line) return false;
      if (!line->empty()) return malformed("a chunk is longer than it says");
      state_ = State::chunkHead;
      return true;
    }
    case State::trailer:
      return readTrailer();
    case State::untilEnd:
      if (response_.body.size() + available() > limit_) return malformed("the body is too large");
      remaining_ = available();
      readBody(State::untilEnd);
      return false;
    case State::done:
      return false;
  }
  return false;
}

base::Result<bool> ResponseParser::readHead() {
  const std::string_view unread = rest();
  const auto end = unread.find("\r\n\r\n");
  if (std::min(end, unread.size()) > largestHead) return malformed("the head is too large");
  // Refused as soon as it shows: a server of another protocol may never send an empty line.
  if (!std::string_view("HTTP/1.").starts_with(unread.substr(0, 7)))
    return malformed("it does not start with HTTP/1");
  if (end == std::string_view::npos) return false;
  const auto firstEnd = unread.find("\r\n");
  const auto status = statusOf(unread.substr(0, firstEnd));
  if (!status) return malformed("its first line is none");
  response_ = {.status = *status, .headers = {}, .body = {}};
  if (firstEnd != end) TRY(readHeaders(unread.substr(firstEnd + 2, end - firstEnd - 2)));
  position_ += end + 4;
  TRY(chooseBody());
  return true;
}

base::Status ResponseParser::readHeaders(std::string_view lines) {
  for (const auto& line : base::split(lines, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0 || line.find_first_of(" \t") < colon)
      return malformed("a header is none");
    response_.headers.emplace_back(line.substr(0, colon),
                                   base::trim(std::string_view(line).substr(colon + 1)));
  }
  return {};
}

base::Status ResponseParser::chooseBody() {
  const int status = response_.status;
  if (status < 200 && status != 101) {
    state_ = State::head;
    return {};
  }
  if (status == 101 || status == 204 || status == 304) {
    state_ = State::done;
    return {};
  }
  std::optional<std::size_t> length;
  const std::string_view encoding = response_.header("Transfer-Encoding");
  for (const auto& [name, value] : response_.headers) {
    if (!equalsIgnoringCase(name, "Content-Length")) continue;
    const auto number = wholeNumber(value, 10);
    // Two lengths, or a length and an encoding, are how responses are smuggled: whom to believe is not ours
    // to guess.
    if (!number || (length && *length != *number) || !encoding.empty())
      return malformed("its length is ambiguous");
    length = number;
  }
  if (!encoding.empty() && !equalsIgnoringCase(encoding, "chunked"))
    return malformed("its encoding is unknown");
  if (length && *length > limit_) return malformed("the body is too large");
  remaining_ = length.value_or(0);
  state_ = !encoding.empty() ? State::chunkHead : length ? State::length : State::untilEnd;
  return {};
}

base::Result<bool> ResponseParser::readChunkHead() {
  TRY_ASSIGN(const auto line, takeLine());
  if (!line) return false;
  const auto size =
      wholeNumber(base::trim(line->substr(0, line->find(';'))), 16);  // extensions mean nothing to us
  if (!size) return malformed("a chunk's size is none");
  if (*size > limit_ - response_.body.size()) return malformed("the body is too large");
  remaining_ = *size;
  state_ = *size == 0 ? State::trailer : State::chunkData;
  return true;
}

base::Result<bool> ResponseParser::readTrailer() {
  TRY_ASSIGN(const auto line, takeLine());
  if (!line) return false;
  if (line->empty()) state_ = State::done;
  return true;
}

bool ResponseParser::readBody(State then) {
  const std::size_t count = std::min(remaining_, available());
  response_.body.append(buffer_, position_, count);
  position_ += count;
  remaining_ -= count;
  if (remaining_ != 0) return false;
  state_ = then;
  return true;
}

base::Result<std::optional<std::string_view>> ResponseParser::takeLine() {
  const std::string_view unread = rest();
  const auto end = unread.find("\r\n");
  if (std::min(end, unread.size()) > largestHead) return malformed("a line is too long");
  if (end == std::string_view::npos) return std::nullopt;
  position_ += end + 2;
  return unread.substr(0, end);
}

std::string formatGet(std::string_view path, std::string_view host) {
  std::string text = "GET ";
  (text += path) += " HTTP/1.1\r\nHost: ";
  return (text += host) += "\r\nConnection: close\r\n\r\n";
}

}  // namespace net
