#include "net/session.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "net/websocket.h"
#include "unit/net/recording.h"

namespace net::test {

namespace {

Dialogue dialogueWith(Recording& recording) {
  Dialogue dialogue;
  dialogue.request.path = "/exec?command=a";
  dialogue.request.headers = {{"Impersonate-User", "jane"}};
  dialogue.request.bearerToken = base::Secret(std::string("token"));
  dialogue.protocols = {"v5.channel.k8s.io", "v4.channel.k8s.io"};
  dialogue.conversation = &recording;
  return dialogue;
}

/// The payload of the one masked frame that the client sent.
std::string unmasked(std::string_view bytes) {
  std::string payload(bytes.substr(6));
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = char(payload[i] ^ bytes[2 + i % 4]);
  return payload;
}

/// A session and the server's side of it, in bytes.
struct Play {
  explicit Play(Recording& conversation)
      : session(dialogueWith(conversation), "/base/exec?command=a", "host:6443") {
    session.onConnected();
    upgrade = session.takeOutput();
  }
  void open() { session.onBytes(switching(upgrade, "v4.channel.k8s.io")); }

  Session session;
  std::string upgrade;
};

TEST(Session, sendsTheUpgrade) {
  Recording recording;
  const Play play(recording);
  const std::string& head = play.upgrade;
  EXPECT_TRUE(head.starts_with("GET /base/exec?command=a HTTP/1.1\r\nHost: host:6443\r\n")) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  EXPECT_EQ(headerOf(head, "Sec-WebSocket-Protocol"), "v5.channel.k8s.io, v4.channel.k8s.io");
  EXPECT_EQ(headerOf(head, "Sec-WebSocket-Version"), "13");
  EXPECT_EQ(base::base64Decode(headerOf(head, "Sec-WebSocket-Key")).value_or("").size(), 16U);
  EXPECT_EQ(headerOf(head, "Authorization"), "Bearer token");
  EXPECT_EQ(headerOf(head, "Impersonate-User"), "jane");
}

TEST(Session, talks) {
  Recording recording(2);
  Play play(recording);
  // The server need not wait: its first frames may come with the 101. Fragments with a ping between them.
  play.session.onBytes(switching(play.upgrade, "v5.channel.k8s.io") + frame(opcode::binary, "one ", false) +
                       frame(opcode::ping, "p") + frame(opcode::continuation, "message"));
  EXPECT_EQ(recording.log, std::vector<std::string>{"open v5.channel.k8s.io"});
  EXPECT_EQ(recording.messages, std::vector<std::string>{"one message"});
  const std::string said = play.session.takeOutput();
  EXPECT_EQ(unmasked(said.substr(0, 11)), "hello");
  EXPECT_EQ(said[11], '\x8A');  // the pong
  EXPECT_EQ(unmasked(said.substr(11)), "p");
  EXPECT_FALSE(play.session.ended());

  play.session.onBytes(frame(opcode::text, "two") + frame(opcode::binary, "three"));
  EXPECT_EQ(recording.messages.back(), "two");  // it was done by then
  EXPECT_TRUE(play.session.ended());
  EXPECT_EQ(unmasked(play.session.takeOutput()), "\x03\xE8");  // close 1000
  play.session.onEnd();
  play.session.onFailure({.message = "late"});
  EXPECT_EQ(recording.log.size(), 1U);
}

TEST(Session, readsByteByByte) {
  Recording recording(3);
  Play play(recording);
  const std::string large(70'000, 'x');
  const std::string bytes = switching(play.upgrade, "v4.channel.k8s.io") + frame(opcode::binary, "") +
                            frame(opcode::binary, large) + frame(opcode::binary, "z", false) +
                            frame(opcode::continuation, "", true);
  for (const char byte : bytes) play.session.onBytes({&byte, 1});
  EXPECT_EQ(recording.messages, (std::vector<std::string>{"", large, "z"}));
}

TEST(Session, endsAsTheServerEnds) {
  struct Case {
    std::string bytes, log;
  };
  const Case cases[] = {
      {frame(opcode::closing, std::string("\x03\xE8", 2)), "close 1000 "},
      {frame(opcode::closing, "\x03\xF3oops"), "close 1011 oops"},
      {frame(opcode::closing, ""), "close 1005 "},
      {"", "close 1006 the connection ended without a close"},
      {frame(opcode::binary, "cut off").substr(0, 5), "close 1006 the connection ended without a close"},
      {std::string("\xF2\x00", 2), "error the server broke the WebSocket protocol: a malformed frame"},
      {frame(opcode::continuation, "x"), "error the server broke the WebSocket protocol: a malformed frame"},
      {frame(opcode::binary, "x", false) + frame(opcode::binary, "y"),
       "error the server broke the WebSocket protocol: a malformed frame"},
      {frame(opcode::text, "\xFF"), "error the server broke the WebSocket protocol: text that is not UTF-8"},
      {std::string("\x82\x7F\x00\x00\x00\x01\x00\x00\x00\x00x", 11),
       "error the server broke the WebSocket protocol: a message of more than 16 MiB"},
      {frame(opcode::closing, std::string("\x00\x01", 2)),
       "error the server broke the WebSocket protocol: a malformed frame"},
  };
  for (const auto& [bytes, log] : cases) {
    Recording recording;
    Play play(recording);
    play.open();
    play.session.onBytes(bytes);
    play.session.onEnd();
    EXPECT_EQ(recording.log.back(), log);
    EXPECT_EQ(recording.log.size(), 2U);
    EXPECT_TRUE(play.session.ended());
  }
}

TEST(Session, tellsOfARefusal) {
  const std::string body = R"({"kind":"Status","message":"pods \"x\" is forbidden"})";
  const std::string head =
      "HTTP/1.1 403 Forbidden\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  const std::string unended = "HTTP/1.1 403 Forbidden\r\n\r\n";
  struct Case {
    std::string bytes, refused;  // what reaches the function
  };
  const Case cases[] = {
      {head + body, "403 " + body},
      {head + body.substr(0, 10), "403 " + body.substr(0, 10)},
      {unended + body, "403 " + body},
      {unended + std::string(100'000, 'x'), "403 " + std::string(100'000, 'x')},
      {unended, "403 "},
  };
  for (const auto& [bytes, refused] : cases) {
    Recording recording;
    auto dialogue = dialogueWith(recording);
    dialogue.refusal = [](const Response& response) {
      return base::Error{.kind = base::Kind::forbidden,
                         .message = std::to_string(response.status) + " " + response.body};
    };
    Session session(dialogue, "/", "h");
    session.onConnected();
    session.onBytes(bytes);
    session.onEnd();
    EXPECT_EQ(recording.log, std::vector<std::string>{"error " + refused});
    EXPECT_EQ(recording.kind, base::Kind::forbidden);
  }
  Recording recording;
  Play play(recording);
  play.session.onBytes("HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nlater");
  EXPECT_EQ(recording.log,
            std::vector<std::string>{"error the server refused the WebSocket with status 503: later"});
  EXPECT_EQ(recording.kind, base::Kind::unavailable);
}

TEST(Session, failsWithoutAnAnswer) {
  struct Case {
    std::string bytes, log;
  };
  const Case cases[] = {
      {"", "error no answer to the WebSocket upgrade: the server closed the connection"},
      {"HTTP/1.1 10", "error no answer to the WebSocket upgrade: the server closed the connection"},
      {"\x15\x03\x01", "error the WebSocket upgrade: not an HTTP response: it does not start with HTTP/1"},
  };
  for (const auto& [bytes, log] : cases) {
    Recording recording;
    Play play(recording);
    play.session.onBytes(bytes);
    play.session.onEnd();
    EXPECT_EQ(recording.log, std::vector<std::string>{log});
  }
}

TEST(AgreedProtocol, checksTheAnswer) {
  const std::string key = "dGhlIHNhbXBsZSBub25jZQ==",
                    accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";  // RFC 6455, 1.3
  const auto answer = [&](std::vector<Header> changes) {
    Response response{.status = 101,
                      .headers = {{"Upgrade", "websocket"},
                                  {"Connection", "keep-alive, Upgrade"},
                                  {"Sec-WebSocket-Accept", accept},
                                  {"Sec-WebSocket-Protocol", "v4"}}};
    response.headers.insert(response.headers.begin(), changes.begin(), changes.end());
    const auto protocol = agreedProtocol(response, key, {"v5", "v4"});
    return protocol ? *protocol : protocol.error().reason;
  };
  EXPECT_EQ(answer({}), "v4");
  EXPECT_EQ(answer({{"sec-websocket-protocol", "v5"}}), "v5");
  EXPECT_EQ(answer({{"Upgrade", "h2c"}}), "it switches to something else than a WebSocket");
  EXPECT_EQ(answer({{"Connection", "close"}}), "it switches to something else than a WebSocket");
  EXPECT_EQ(answer({{"Sec-WebSocket-Accept", "x"}}), "its Sec-WebSocket-Accept is not ours");
  EXPECT_EQ(answer({{"Sec-WebSocket-Extensions", "permessage-deflate"}}),
            "it has an extension that we did not offer");
  EXPECT_EQ(answer({{"Sec-WebSocket-Protocol", "v1"}}),
            "it agrees to the sub-protocol 'v1', offered were: v5, v4");
}

}  // namespace
}  // namespace net::test
