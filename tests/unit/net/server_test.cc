#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <string>

#include "base/fd.h"
#include "net/frames.h"
#include "net/http_request.h"
#include "net/loopback_server.h"
#include "net/websocket.h"

namespace net {
namespace {

/// All requests in the text, fed in pieces of the given size, and why it ends early.
std::string requestsIn(std::string_view text, std::size_t piece) {
  RequestParser parser(1000);
  std::string seen;
  for (std::size_t i = 0; i < text.size(); i += piece) {
    parser.feed(text.substr(i, piece));
    while (true) {
      const auto request = parser.next();
      if (!request) return seen + "error: " + request.error().reason;
      if (!*request) break;
      seen += (*request)->method + " " + (*request)->target + " '" + (*request)->body + "'" +
              ((*request)->keepAlive ? "" : " last") + ";";
    }
  }
  return seen;
}

TEST(RequestParser, ReadsRequestsInAnyPieces) {
  struct Case {
    std::string text, read;
  };
  const std::string get = "GET /api?x=1 HTTP/1.1\r\n", post = "POST /a HTTP/1.1\r\n";
  const Case cases[] = {
      {get + "\r\n", "GET /api?x=1 '';"},
      {get + "Host: h\r\n\r\n" + get + "Connection: close\r\n\r\n", "GET /api?x=1 '';GET /api?x=1 '' last;"},
      {"GET / HTTP/1.0\r\n\r\n", "GET / '' last;"},
      {"\r\n\r\n" + get + "\r\n", "GET /api?x=1 '';"},
      {post + "Content-Length: 5\r\n\r\nhello" + get + "\r\n", "POST /a 'hello';GET /api?x=1 '';"},
      {post + "Content-Length: 5\r\n\r\nhell", ""},
      {post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;a=b\r\n!\r\n0\r\nT: x\r\n\r\n",
       "POST /a 'hello!';"},
      {post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", ""},
      {post + "Content-Length: 1001\r\n\r\n", "error: the body is too large"},
      {post + "Transfer-Encoding: chunked\r\n\r\n3E9\r\n", "error: the body is too large"},
      {post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "error: its length is ambiguous"},
      {post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "error: its length is ambiguous"},
      {post + "Content-Length: -5\r\n\r\n", "error: its length is ambiguous"},
      {post + "Transfer-Encoding: gzip\r\n\r\n", "error: its encoding is unknown"},
      {post + "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n", "error: a chunk is longer than it says"},
      {post + "Transfer-Encoding: chunked\r\n\r\nx\r\n", "error: a chunk's size is none"},
      {get + "No colon\r\n\r\n", "error: a header is none"},
      {get + "A : b\r\n\r\n", "error: a header is none"},
      {"GET /\r\n\r\n", "error: its first line is none"},
      {"GET / HTTP/2\r\n\r\n", "error: its first line is none"},
      {"GET  HTTP/1.1\r\n\r\n", "error: its first line is none"},
      {std::string("GET /\0 HTTP/1.1\r\n\r\n", 19), "error: its first line is none"},
      {get + "A: " + std::string(70'000, 'a') + "\r\n\r\n", "error: the head is too large"},
      {std::string(70'000, 'a'), "error: the head is too large"},
  };
  for (const Case& each : cases) {
    for (const std::size_t piece : {1UL, 3UL, 7UL, each.text.size()}) {
      if (each.text.size() > 10'000 && piece < 100 && piece > 1) continue;
      EXPECT_EQ(requestsIn(each.text, piece), each.read)
          << each.text.substr(0, 80) << " in pieces of " << piece;
    }
  }
}

TEST(RequestParser, KnowsWhoWaitsForContinue) {
  RequestParser parser;
  parser.feed("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  ASSERT_TRUE(parser.next());
  EXPECT_TRUE(parser.takeExpectation());
  EXPECT_FALSE(parser.takeExpectation());
  parser.feed("ok");
  const auto request = parser.next();
  ASSERT_TRUE(request && *request);
  EXPECT_EQ((*request)->body, "ok");
  EXPECT_EQ((*request)->header("expect"), "100-continue");
}

TEST(AcceptUpgrade, AgreesOnAProtocol) {
  const std::vector<Header> asked{{"Upgrade", "websocket"},
                                  {"Connection", "Upgrade"},
                                  {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                  {"Sec-WebSocket-Protocol", "v5.channel.k8s.io, v4.channel.k8s.io"}};
  const auto headers = acceptUpgrade(asked, {"v4.channel.k8s.io"});
  ASSERT_TRUE(headers);
  const Response response{101, *headers, {}};
  EXPECT_EQ(response.header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") << "RFC 6455, 1.3";
  EXPECT_EQ(*agreedProtocol(response, "dGhlIHNhbXBsZSBub25jZQ==", {"v4.channel.k8s.io"}),
            "v4.channel.k8s.io");
  EXPECT_FALSE(acceptUpgrade(asked, {"another"}));
  EXPECT_FALSE(acceptUpgrade({}, {"v4.channel.k8s.io"}));
}

TEST(Frames, SpeakBothSides) {
  Frames client, server(Frames::Side::server);
  client.send("question");
  client.send(std::string(100'000, 'q'));
  const std::string asked = *client.takeOutput();
  for (const char byte : asked) ASSERT_TRUE(server.feed(std::string_view(&byte, 1)));
  const auto heard = server.takeMessages();
  ASSERT_EQ(heard.size(), 2U);
  EXPECT_EQ(heard[0], "question");
  EXPECT_EQ(heard[1].size(), 100'000U);
  server.send("answer");
  server.close();
  ASSERT_TRUE(client.feed(*server.takeOutput()));
  EXPECT_EQ(client.takeMessages(), std::vector<std::string>{"answer"});
  ASSERT_TRUE(client.closing());
  EXPECT_EQ(client.closing()->code, 1000);
  ASSERT_TRUE(server.feed(*client.takeOutput()));
  EXPECT_TRUE(server.closing());
}

/// Says back what it hears, in capitals; ends at a full stop; has a word for whoever wakes it.
class Capitals final : public ServerSession {
 public:
  std::string feed(std::string_view bytes) override {
    std::string answer(bytes);
    for (char& c : answer) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    ended_ = answer.find('.') != std::string::npos;
    return answer;
  }
  std::string wake() override { return std::exchange(woken_, true) ? "" : "woken"; }
  [[nodiscard]] bool ended() const override { return ended_; }

 private:
  bool ended_ = false, woken_ = false;
};

base::Fd connectTo(int port) {
  base::Fd fd(socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return fd;
}

std::string readAll(const base::Fd& fd) {
  std::string all;
  char buffer[4096];
  for (ssize_t size; (size = recv(fd.get(), buffer, sizeof buffer, 0)) > 0;)
    all.append(buffer, std::size_t(size));
  return all;
}

TEST(LoopbackServer, CarriesManyConnections) {
  auto server = LoopbackServer::listen(0);
  ASSERT_TRUE(server);
  (*server)->start([] { return std::make_unique<Capitals>(); });
  std::vector<base::Fd> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(connectTo((*server)->port()));
  for (const auto& client : clients) ASSERT_EQ(send(client.get(), "hello.", 6, 0), 6);
  for (const auto& client : clients) EXPECT_EQ(readAll(client), "HELLO.");
  const auto waiting = connectTo((*server)->port());
  ASSERT_EQ(send(waiting.get(), "a", 1, 0), 1);
  char first = 0;
  ASSERT_EQ(recv(waiting.get(), &first, 1, 0), 1);
  (*server)->wake();
  char word[5];
  ASSERT_EQ(recv(waiting.get(), word, 5, MSG_WAITALL), 5);
  EXPECT_EQ(std::string(word, 5), "woken");
  EXPECT_FALSE(LoopbackServer::listen((*server)->port()));
  server->reset();
  EXPECT_EQ(readAll(waiting), "");
}

}  // namespace
}  // namespace net
