#include "net/grpc_call.h"

#include <gtest/gtest.h>

#include "net/http2_server.h"
#include "net/protobuf.h"

namespace net {
namespace {

GrpcRequest request() {
  return {"istiod.istio-system.svc:15012", "/a.Service/Method", base::Secret("a token"), "a question"};
}

/// What comes of a call to this server, each of whose answers is fed in pieces of the given size. A server
/// that says nothing more has closed.
std::string call(Http2Server& server, std::size_t piece) {
  GrpcCall call(request());
  auto sending = call.start();
  while (sending && !sending->empty() && !call.done()) {
    const auto received = server.feed(*sending);
    std::string next;
    for (std::size_t i = 0; i < received.size() && sending && !call.done(); i += piece) {
      sending = call.feed(std::string_view(received).substr(i, piece));
      if (sending) next += *sending;
    }
    if (sending) sending = next;
  }
  if (!sending) return "error: " + base::describe(sending.error());
  if (const auto end = call.end(); !end) return "error: " + base::describe(end.error());
  return std::string(call.answer());
}

TEST(GrpcCall, AsksAndReadsTheAnswerInAnyPieces) {
  const std::string large(300'000, 'x');  // more than the first flow-control window
  for (const auto& answer : {std::string("an answer"), std::string(), large}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1} << 20}) {
      std::vector<Http2Server::Request> requests;
      Http2Server server([&](const auto& received) {
        requests.push_back(received);
        return grpcAnswer(answer);
      });
      EXPECT_EQ(call(server, piece), answer) << piece;
      ASSERT_EQ(requests.size(), 1U);
      const auto& seen = requests.front();
      EXPECT_EQ(seen.body, grpcMessage("a question"));
      EXPECT_EQ(seen.header(":method"), "POST");
      EXPECT_EQ(seen.header(":path"), "/a.Service/Method");
      EXPECT_EQ(seen.header(":authority"), "istiod.istio-system.svc:15012");
      EXPECT_EQ(seen.header("content-type"), "application/grpc");
      EXPECT_EQ(seen.header("te"), "trailers");
      EXPECT_EQ(seen.header("authorization"), "Bearer a token");
    }
  }
}

TEST(GrpcCall, SaysWhatWentWrong) {
  const Http2Server::Headers head{{":status", "200"}, {"content-type", "application/grpc"}};
  const Http2Server::Headers ok{{"grpc-status", "0"}};
  const auto message = grpcMessage("an answer");
  struct Case {
    Http2Server::Answer answer;
    std::string error;
  };
  const Case cases[] = {
      {grpcStatus(16, "request authenticate failure"),
       "gRPC status UNAUTHENTICATED: request authenticate failure"},
      {grpcStatus(14, "a%20%C3%A4%1b[1m%0Ab%"), "gRPC status UNAVAILABLE: a    [1m b%"},
      {grpcStatus(99, ""), "gRPC status 99"},
      {{head, message, {{"grpc-status", "2"}, {"grpc-message", "late"}}}, "gRPC status UNKNOWN: late"},
      {{head, message, {{"grpc-status", "x"}}}, "the answer's grpc-status is no number"},
      {{head, message, {{"other", "1"}}}, "the answer ends without a grpc-status"},
      {{head, message}, "the answer ends without a grpc-status"},
      {{{{":status", "503"}}, "no healthy upstream"}, "HTTP status 503"},
      {{{{":status", "404"}}}, "HTTP status 404"},
      {{{{":status", "200"}, {"content-type", "text/html"}}, message, ok},
       "the answer is not gRPC: text/html"},
      {grpcStatus(0, ""), "the answer is not one whole message"},
      {{head, message.substr(0, 4), ok}, "the answer is not one whole message"},
      {{head, message.substr(0, 9), ok}, "the answer is not one whole message"},
      {{head, message + message, ok}, "the answer is not one whole message"},
      {{head, grpcMessage("an answer", true), ok}, "the answer is compressed"},
      {{head, std::string(GrpcCall::largestAnswer + 6, '\0'), ok}, "the answer is larger than 4 MiB"},
      {{.reset = 7}, "the server reset the stream: REFUSED_STREAM"},
      {{.reset = 2}, "the server reset the stream: INTERNAL_ERROR"},
      {{.reset = 0}, "the answer ends without a grpc-status"},
      {{.goAway = 11}, "the server reset the stream: REFUSED_STREAM"},
      {{.goAway = 0}, "the connection ended before the answer"},
      {{}, "the connection ended before the answer"},
  };
  for (const auto& [answer, error] : cases) {
    for (const std::size_t piece : {std::size_t{3}, std::size_t{1} << 23}) {
      if (answer.body.size() > 1000 && piece == 3) continue;
      Http2Server server([&answer = answer](const auto&) { return answer; });
      EXPECT_EQ(call(server, piece), "error: " + error);
    }
  }
}

TEST(GrpcCall, AServerThatIsGoingAwayMayStillAnswer) {
  auto answer = grpcAnswer("an answer");
  answer.goAway = 0;
  Http2Server server([&](const auto&) { return answer; });
  EXPECT_EQ(call(server, 5), "an answer");
}

TEST(GrpcCall, BoundsTheHeadersAndTheConnection) {
  auto answer = grpcAnswer("an answer");
  for (int i = 0; i < 10; ++i) answer.headers.emplace_back("x" + std::to_string(i), std::string(4000, 'x'));
  Http2Server server([&](const auto&) { return answer; });
  EXPECT_EQ(call(server, 1000), "error: the answer's headers are too large");

  GrpcCall endless(request());
  ASSERT_TRUE(endless.start());
  const std::string settings("\0\0\0\4\0\0\0\0\0", 9), ping("\0\0\10\6\0\0\0\0\0abcdefgh", 17);
  ASSERT_TRUE(endless.feed(settings));
  std::string pings;
  for (int i = 0; i < 1000; ++i) pings += ping;
  auto fed = endless.feed(pings);
  for (int i = 0; i < 1000 && fed; ++i) fed = endless.feed(pings);
  ASSERT_FALSE(fed);
}

TEST(GrpcCall, KnowsWhatIsNotHttp2) {
  for (const char* bytes :
       {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x28zzzzzzzzzzzzzz"}) {
    GrpcCall call(request());
    ASSERT_TRUE(call.start());
    const auto fed = call.feed(std::string(bytes, 20));
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().kind, base::Kind::unavailable);
    EXPECT_FALSE(call.done());
    EXPECT_EQ(call.answer(), "");
  }
}

TEST(Protobuf, ReadsTheFieldAndSkipsTheOthers) {
  std::string message;
  appendText(message, 1, "one");
  appendNumber(message, 3, 60);
  appendText(message, 2, std::string(200, 'x'));
  appendText(message, 1, "");
  message += std::string("\x29\1\2\3\4\5\6\7\10\x35\1\2\3\4", 14);  // fields 5 and 6, of 8 and 4 bytes
  appendNumber(message, 7, ~std::uint64_t{0});
  const auto texts = textsOf(message, 1);
  ASSERT_TRUE(texts) << base::describe(texts.error());
  EXPECT_EQ(*texts, (std::vector<std::string_view>{"one", ""}));
  EXPECT_EQ(textsOf("", 1)->size(), 0U);
  EXPECT_EQ(textsOf(message, 9)->size(), 0U);
}

TEST(Protobuf, RefusesWhatIsNone) {
  const std::pair<std::string, std::string> cases[] = {
      {"\x0a\x05hell", "it ends within a field"},
      {"\x0a", "it ends within a number"},
      {"\x8a", "it ends within a number"},
      {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "it ends within a field"},
      {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "a number of more than 64 bits"},
      {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01", "a number of more than 64 bits"},
      {"\x08\x01", "field 1 is of wire type 0"},
      {"\x0d"
       "abcd",
       "field 1 is of wire type 5"},
      {"\x0d"
       "abc",
       "it ends within a field"},
      {"\x0b", "a field of wire type 3"},
      {"\x0f", "a field of wire type 7"},
      {"\x02\x01x", "a field without a valid number"},
      {"\x82\x80\x80\x80\x10\x01x", "a field without a valid number"},
  };
  for (const auto& [message, reason] : cases) {
    const auto texts = textsOf(message, 1);
    ASSERT_FALSE(texts) << reason;
    EXPECT_EQ(texts.error().reason, reason);
  }
}

}  // namespace
}  // namespace net
