#include "net/http_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "net/header.h"

namespace net {
namespace {

tl::unexpected<base::Error> malformedRequest(std::string reason) {
  return base::fail({base::Kind::usage, "not an HTTP request", std::move(reason)});
}

bool isPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != 0x7f; });
}

std::string_view reasonPhrase(int status) {
  constexpr std::pair<int, std::string_view> phrases[] = {{101, "Switching Protocols"},
                                                          {200, "OK"},
                                                          {201, "Created"},
                                                          {202, "Accepted"},
                                                          {400, "Bad Request"},
                                                          {401, "Unauthorized"},
                                                          {403, "Forbidden"},
                                                          {404, "Not Found"},
                                                          {405, "Method Not Allowed"},
                                                          {406, "Not Acceptable"},
                                                          {409, "Conflict"},
                                                          {410, "Gone"},
                                                          {415, "Unsupported Media Type"},
                                                          {422, "Unprocessable Entity"},
                                                          {429, "Too Many Requests"},
                                                          {500, "Internal Server Error"},
                                                          {501, "Not Implemented"},
                                                          {503, "Service Unavailable"},
                                                          {504, "Gateway Timeout"}};
  for (const auto& [code, phrase] : phrases)
    if (code == status) return phrase;
  return "Status";
}

}  // namespace

std::string_view IncomingRequest::header(std::string_view name) const {
  for (const auto& [each, value] : headers)
    if (equalsIgnoringCase(each, name)) return value;
  return {};
}

base::Result<std::optional<IncomingRequest>> RequestParser::next() {
  if (state_ == State::head) {
    TRY_ASSIGN(const bool whole, readHead());
    if (!whole) return std::nullopt;
  }
  if (state_ == State::length) {
    if (buffer_.size() - position_ < remaining_) return std::nullopt;
    request_.body = buffer_.substr(position_, remaining_);
    position_ += remaining_;
    state_ = State::whole;
  }
  if (state_ != State::whole) {
    TRY_ASSIGN(const bool whole, readChunks());
    if (!whole) return std::nullopt;
  }
  buffer_.erase(0, position_);
  position_ = 0;
  state_ = State::head;
  expects_ = false;
  return std::exchange(request_, {});
}

bool RequestParser::takeExpectation() {
  return state_ != State::head && std::exchange(expects_, false);
}

std::string RequestParser::takeRest() {
  std::string rest = buffer_.substr(position_);
  buffer_.clear();
  position_ = 0;
  return rest;
}

base::Result<bool> RequestParser::readHead() {
  // An empty line before a request is to be ignored (RFC 9112, 2.2).
  while (buffer_.compare(position_, 2, "\r\n") == 0) position_ += 2;
  const std::string_view unread = std::string_view(buffer_).substr(position_);
  const auto end = unread.find("\r\n\r\n");
  if (std::min(end, unread.size()) > largestHead) return malformedRequest("the head is too large");
  if (end == std::string_view::npos) return false;
  TRY(readLines(unread.substr(0, end)));
  position_ += end + 4;
  TRY(chooseBody());
  return true;
}

base::Status RequestParser::readLines(std::string_view head) {
  request_ = {};
  const std::string_view first = head.substr(0, head.find("\r\n"));
  const auto words = base::split(first, ' ');
  if (words.size() != 3 || words[0].empty() || !isPrintable(words[0]) || words[1].empty() ||
      !isPrintable(words[1]) || (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0")) {
    return malformedRequest("its first line is none");
  }
  request_.method = words[0];
  request_.target = words[1];
  request_.keepAlive = words[2] == "HTTP/1.1";
  if (first.size() == head.size()) return {};
  for (const std::string& line : base::split(head.substr(first.size() + 2), '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0 || line.find_first_of(" \t") < colon)
      return malformedRequest("a header is none");
    request_.headers.emplace_back(line.substr(0, colon),
                                  base::trim(std::string_view(line).substr(colon + 1)));
  }
  if (hasToken(request_.header("Connection"), "close")) request_.keepAlive = false;
  return {};
}

base::Status RequestParser::chooseBody() {
  std::optional<std::size_t> length;
  const std::string_view encoding = request_.header("Transfer-Encoding");
  for (const auto& [name, value] : request_.headers) {
    if (!equalsIgnoringCase(name, "Content-Length")) continue;
    const auto number = wholeNumber(value, 10);
    if (!number || (length && *length != *number) || !encoding.empty())
      return malformedRequest("its length is ambiguous");
    length = number;
  }
  if (!encoding.empty() && !equalsIgnoringCase(encoding, "chunked"))
    return malformedRequest("its encoding is unknown");
  if (length.value_or(0) > limit_) return malformedRequest("the body is too large");
  remaining_ = length.value_or(0);
  expects_ = equalsIgnoringCase(request_.header("Expect"), "100-continue");
  state_ = encoding.empty() ? State::length : State::chunkHead;
  return {};
}

base::Result<bool> RequestParser::readChunks() {
  while (state_ != State::whole) {
    if (state_ == State::chunkData) {
      if (buffer_.size() - position_ < remaining_) return false;
      request_.body.append(buffer_, position_, remaining_);
      position_ += remaining_;
      state_ = State::chunkEnd;
    }
    TRY_ASSIGN(const auto text, line());
    if (!text) return false;
    if (state_ == State::chunkEnd) {
      if (!text->empty()) return malformedRequest("a chunk is longer than it says");
      state_ = State::chunkHead;
    } else if (state_ == State::chunkHead) {
      const auto size = wholeNumber(base::trim(text->substr(0, text->find(';'))), 16);
      if (!size) return malformedRequest("a chunk's size is none");
      if (*size > limit_ - request_.body.size()) return malformedRequest("the body is too large");
      remaining_ = *size;
      state_ = *size == 0 ? State::trailer : State::chunkData;
    } else if (text->empty()) {
      state_ = State::whole;
    }
  }
  return true;
}

/// The next line without its CRLF, which is skipped; nullopt if it is not there yet.
base::Result<std::optional<std::string_view>> RequestParser::line() {
  const std::string_view unread = std::string_view(buffer_).substr(position_);
  const auto end = unread.find("\r\n");
  if (std::min(end, unread.size()) > largestHead) return malformedRequest("a line is too long");
  if (end == std::string_view::npos) return std::nullopt;
  position_ += end + 2;
  return unread.substr(0, end);
}

std::string formatHead(int status, const std::vector<Header>& headers) {
  std::string text = fmt::format("HTTP/1.1 {} {}\r\n", status, reasonPhrase(status));
  for (const auto& [name, value] : headers) ((text += name) += ": ").append(value) += "\r\n";
  return text += "\r\n";
}

}  // namespace net
