#include <gtest/gtest.h>

#include "net/http_message.h"

namespace net {
namespace {

/// The response's body, or why there is none; fed in pieces of the given size, then ended.
std::string answersIn(std::string_view text, std::size_t piece) {
  ResponseParser parser;
  for (std::size_t i = 0; i < text.size(); i += piece) {
    const auto complete = parser.feed(text.substr(i, piece));
    if (!complete) return "error: " + complete.error().reason;
    if (*complete) return std::to_string(parser.response().status) + " " + parser.response().body;
  }
  if (const auto end = parser.finish(); !end) return "error: " + end.error().reason;
  return std::to_string(parser.response().status) + " " + parser.response().body;
}

TEST(ResponseParser, readsResponsesInAnyPieces) {
  struct Case {
    std::string text, read;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const Case cases[] = {
      {ok + "Content-Length: 5\r\n\r\nhello", "200 hello"},
      {ok + "content-length:5\r\nContent-Length: 5\r\n\r\nhello", "200 hello"},
      {ok + "Content-Length: 0\r\n\r\n", "200 "},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: z\r\n\r\n",
       "200 hello world"},
      {ok + "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", "200 "},
      {ok + "\r\nuntil the end", "200 until the end"},
      {"HTTP/1.0 404\r\n\r\n", "404 "},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", "204 "},
      {"HTTP/1.1 101 Switching Protocols\r\nContent-Length: 9\r\n\r\n\x81", "101 "},
      {ok + "Content-Length: 5\r\n\r\nhell", "error: 4 bytes of the body came"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "error: 5 bytes of the body came"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "error: 5 bytes of the body came"},
      {"HTTP/1.1 200", "error: not even the head came"},
      {"", "error: not even the head came"},
      {"SSH-2.0-OpenSSH_9.2\r\n", "error: it does not start with HTTP/1"},
      {"HTTP/2 200 OK\r\n\r\n", "error: it does not start with HTTP/1"},
      {"HTTP/1.1 2x0 OK\r\n\r\n", "error: its first line is none"},
      {"HTTP/1.1 2000 OK\r\n\r\n", "error: its first line is none"},
      {"HTTP/1.1 099 OK\r\n\r\n", "error: its first line is none"},
      {ok + "No colon\r\n\r\n", "error: a header is none"},
      {ok + "A: b\r\n folded\r\n\r\n", "error: a header is none"},
      {ok + "Content-Length : 5\r\n\r\nhello", "error: a header is none"},
      {ok + "Content-Length: -1\r\n\r\n", "error: its length is ambiguous"},
      {ok + "Content-Length: 5x\r\n\r\n", "error: its length is ambiguous"},
      {ok + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "error: its length is ambiguous"},
      {ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "error: its length is ambiguous"},
      {ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", "error: its encoding is unknown"},
      {ok + "Content-Length: 999999999999\r\n\r\n", "error: the body is too large"},
      {ok + "Content-Length: 99999999999999999999999\r\n\r\n", "error: its length is ambiguous"},
      {ok + "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n", "error: the body is too large"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n-5\r\n", "error: a chunk's size is none"},
      {ok + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n", "error: a chunk is longer than it says"},
      {ok + "A: " + std::string(70'000, 'a') + "\r\n\r\n", "error: the head is too large"},
      {ok + std::string(70'000, 'a'), "error: the head is too large"},
  };
  for (const auto& [text, expected] : cases)
    for (const std::size_t piece : {text.size() + 1, std::size_t{7}, std::size_t{1}})
      EXPECT_EQ(answersIn(text, piece), expected) << text.substr(0, 200) << " in pieces of " << piece;
}

TEST(ResponseParser, keepsHeadersAndWhatFollows) {
  ResponseParser parser;
  const auto complete = parser.feed("HTTP/1.1 101 X\r\nUpgrade:  websocket \r\nA: 1\r\na: 2\r\n\r\n\x82\x00");
  ASSERT_TRUE(complete && *complete);
  EXPECT_EQ(parser.response().header("UPGRADE"), "websocket");
  EXPECT_EQ(parser.response().header("a"), "1");
  EXPECT_EQ(parser.response().header("none"), "");
  EXPECT_EQ(parser.rest(), "\x82");  // the literal ends at its zero
}

TEST(ResponseParser, boundsWhatHasNoLength) {
  ResponseParser parser(10);
  EXPECT_TRUE(parser.feed("HTTP/1.1 200 OK\r\n\r\n0123456789"));
  EXPECT_FALSE(parser.feed("x"));
}

TEST(FormatGet, isOneRequest) {
  EXPECT_EQ(formatGet("/a?b", "localhost"),
            "GET /a?b HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
}

}  // namespace
}  // namespace net
