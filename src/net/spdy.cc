#include "net/spdy.h"

#include <algorithm>

namespace net {
namespace {

constexpr std::uint32_t controlBit = 0x80000000, version = 3U << 16U;
constexpr unsigned synStream = 1, synReply = 2, rstStream = 3, ping = 6;
constexpr unsigned fin = 1;
constexpr std::size_t largestFrame = std::size_t{1} << 20;
constexpr std::size_t largestData = std::size_t{32} << 10;

std::uint32_t number(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

std::string bigEndian(std::uint32_t value) {
  return {static_cast<char>(value >> 24U), static_cast<char>(value >> 16U), static_cast<char>(value >> 8U),
          static_cast<char>(value)};
}

/// What both sides count as compressed before the first header (draft 3, 2.6.10.1): words with their lengths,
/// then plain text.
std::string dictionary() {
  std::string text;
  for (const char* word : {"options",
                           "head",
                           "post",
                           "put",
                           "delete",
                           "trace",
                           "accept",
                           "accept-charset",
                           "accept-encoding",
                           "accept-language",
                           "accept-ranges",
                           "age",
                           "allow",
                           "authorization",
                           "cache-control",
                           "connection",
                           "content-base",
                           "content-encoding",
                           "content-language",
                           "content-length",
                           "content-location",
                           "content-md5",
                           "content-range",
                           "content-type",
                           "date",
                           "etag",
                           "expect",
                           "expires",
                           "from",
                           "host",
                           "if-match",
                           "if-modified-since",
                           "if-none-match",
                           "if-range",
                           "if-unmodified-since",
                           "last-modified",
                           "location",
                           "max-forwards",
                           "pragma",
                           "proxy-authenticate",
                           "proxy-authorization",
                           "range",
                           "referer",
                           "retry-after",
                           "server",
                           "te",
                           "trailer",
                           "transfer-encoding",
                           "upgrade",
                           "user-agent",
                           "vary",
                           "via",
                           "warning",
                           "www-authenticate",
                           "method",
                           "get",
                           "status",
                           "200 OK",
                           "version",
                           "HTTP/1.1",
                           "url",
                           "public",
                           "set-cookie",
                           "keep-alive",
                           "origin"}) {
    text += bigEndian(static_cast<std::uint32_t>(std::string_view(word).size())) + word;
  }
  return text +
         "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
         "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
         "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
         "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
         "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
         "text/"
         "javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";
}

tl::unexpected<base::Error> brokenSpdy(std::string reason) {
  return base::fail({base::Kind::failed, "not SPDY/3", std::move(reason)});
}

}  // namespace

SpdyServer::SpdyServer() : inflater_(dictionary()) {}

base::Result<std::vector<SpdyServer::Event>> SpdyServer::feed(std::string_view bytes) {
  input_ += bytes;
  std::vector<Event> events;
  while (input_.size() >= 8) {
    const std::uint32_t first = number(input_, 0), second = number(input_, 4);
    const std::size_t size = second & 0xffffffU;
    const unsigned flags = second >> 24U;
    if (size > largestFrame) return brokenSpdy("a frame is too large");
    if (input_.size() < 8 + size) break;
    const std::string payload = input_.substr(8, size);
    input_.erase(0, 8 + size);
    if ((first & controlBit) == 0) {
      events.push_back({Event::Kind::data, first, {}, payload, (flags & fin) != 0});
      continue;
    }
    if ((first & 0x7fff0000U) != version) return brokenSpdy("another version");
    TRY(control(first & 0xffffU, flags, payload, events));
  }
  return events;
}

base::Status SpdyServer::control(unsigned type, unsigned flags, std::string_view payload,
                                 std::vector<Event>& events) {
  if (type == synStream) {
    if (payload.size() < 10) return brokenSpdy("a stream without a number");
    TRY_ASSIGN(auto headers, headersOf(payload.substr(10)));
    events.push_back(
        {Event::Kind::opened, number(payload, 0) & ~controlBit, std::move(headers), {}, (flags & fin) != 0});
  } else if (type == rstStream && payload.size() >= 4) {
    events.push_back({Event::Kind::reset, number(payload, 0) & ~controlBit});
  } else if (type == ping && payload.size() == 4) {
    frame(controlBit | version | ping, 0, payload);
  }
  return {};  // settings, windows and the word that it goes away change nothing
}

base::Result<std::vector<Header>> SpdyServer::headersOf(std::string_view block) {
  TRY_ASSIGN(const std::string text, inflater_.feed(block));
  std::size_t at = 0;
  const auto take = [&](std::string& into) {
    if (text.size() - at < 4) return false;
    const std::size_t size = number(text, at);
    at += 4;
    if (text.size() - at < size) return false;
    into = text.substr(at, size);
    at += size;
    return true;
  };
  if (text.size() < 4) return brokenSpdy("headers end early");
  const std::uint32_t count = number(text, 0);
  at = 4;
  std::vector<Header> headers;
  for (std::uint32_t i = 0; i < count; ++i) {
    Header header;
    if (!take(header.first) || !take(header.second)) return brokenSpdy("headers end early");
    headers.push_back(std::move(header));
  }
  return headers;
}

void SpdyServer::frame(std::uint32_t first, unsigned flags, std::string_view payload) {
  output_ += bigEndian(first) + bigEndian(flags << 24U | static_cast<std::uint32_t>(payload.size()));
  output_ += payload;
}

void SpdyServer::reply(std::uint32_t stream) {
  // No headers: a count of 0 in a block that is stored, behind zlib's own head the first time, and an empty
  // block, at which Go's reader gives what it has.
  const std::string head = std::exchange(replied_, true) ? "" : std::string("\x78\x01", 2);
  const std::string block =
      head + std::string("\x00\x04\x00\xfb\xff\x00\x00\x00\x00", 9) + std::string("\x00\x00\x00\xff\xff", 5);
  frame(controlBit | version | synReply, 0, bigEndian(stream) + block);
}

void SpdyServer::send(std::uint32_t stream, std::string_view data, bool ends) {
  do {
    const std::string_view portion = data.substr(0, largestData);
    data.remove_prefix(portion.size());
    frame(stream, ends && data.empty() ? fin : 0, portion);
  } while (!data.empty());
}

}  // namespace net
