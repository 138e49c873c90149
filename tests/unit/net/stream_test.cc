// WebSockets to a TLS server of the test's own.
#include <gtest/gtest.h>

#include <unistd.h>

#include "unit/net/connect_proxy.h"
#include "unit/net/recording.h"
#include "unit/net/world.h"

namespace net::test {
namespace {

struct Frame {
  int opcode = -1;
  std::string payload{};
};

/// One frame of a client, unmasked; opcode -1 at the end.
Frame readFrame(Connection& connection) {
  const std::string head = connection.read(2);
  if (head.empty()) return {};
  std::size_t size = std::size_t(head[1] & 0x7F);
  if (size >= 126) {
    const std::string bytes = connection.read(size == 126 ? 2 : 8);
    size = 0;
    for (const char byte : bytes) size = size << 8 | static_cast<unsigned char>(byte);
  }
  const std::string mask = connection.read(4);
  std::string payload = size == 0 ? "" : connection.read(size);
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = char(payload[i] ^ mask[i % 4]);
  return {head[0] & 0xF, payload};
}

/// Gives each message back, in fragments with pings between them, until the client closes.
void echo(Connection& connection) {
  for (Frame got = readFrame(connection); got.opcode == opcode::binary || got.opcode == opcode::pong;
       got = readFrame(connection)) {
    if (got.opcode == opcode::pong) continue;
    std::string_view rest = got.payload;
    const std::size_t piece = 30'000;
    for (int code = opcode::binary; rest.size() > piece;
         code = opcode::continuation, rest.remove_prefix(piece)) {
      connection.write(frame(code, rest.substr(0, piece), false) + frame(opcode::ping, "are you there"));
    }
    connection.write(frame(got.payload.size() > piece ? opcode::continuation : opcode::binary, rest));
  }
}

bool serve(Connection& connection, const std::string& head) {
  const auto path = head.substr(4, head.find(" HTTP/") - 4);
  if (path == "/refused") {
    const std::string body = R"({"kind":"Status","reason":"Forbidden"})";
    connection.write("HTTP/1.1 403 Forbidden\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
                     body);
    return true;  // and keeps the connection: the client must not wait for its end
  }
  if (path == "/silent") return !connection.readHead().empty();
  connection.write(switching(head, "v4.channel.k8s.io"));
  if (path == "/echo") echo(connection);
  if (path == "/cut") connection.write(frame(opcode::binary, "a message that is cut").substr(0, 10));
  // having read all that the client says, for what is left unread makes a reset of it
  if (path == "/crash") {
    readFrame(connection);
    connection.write(frame(opcode::binary, "cut").substr(0, 3));
    connection.crash(false);
  }
  if (path == "/reset") readFrame(connection), connection.crash(true);
  if (path == "/close")
    connection.write(frame(opcode::text, "bye") + frame(opcode::closing,
                                                        "\x03\xF3"
                                                        "broken"));
  if (path == "/hang") readFrame(connection), readFrame(connection);
  return false;
}

Dialogue dialogue(const std::string& path, Recording& recording, int timeoutMillis = 30'000) {
  Dialogue made;
  made.request.path = path;
  made.request.timeout = base::Millis(timeoutMillis);
  made.protocols = {"v5.channel.k8s.io", "v4.channel.k8s.io"};
  made.conversation = &recording;
  return made;
}

TEST(Stream, echoesFragmentsAndLargeMessages) {
  const TlsServer server(world().byAddress, serve);
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(30'000));
  std::string large(3 << 20, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = char(i * 31 % 251);
  Recording recording(4, {"small", large, "", std::string(126, 'x')});
  ASSERT_TRUE(transport->converse({dialogue("/echo", recording)}));
  EXPECT_EQ(recording.log, std::vector<std::string>{"open v4.channel.k8s.io"});
  ASSERT_EQ(recording.messages.size(), 4U);
  EXPECT_EQ(recording.messages[0], "small");
  EXPECT_TRUE(recording.messages[1] == large);
  EXPECT_EQ(recording.messages[2], "");
  EXPECT_EQ(recording.messages[3], std::string(126, 'x'));
}

TEST(Stream, holdsManyOfDifferentFates) {
  const TlsServer server(world().byAddress, serve);
  static std::vector<std::string> lines;
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(30'000),
                                           [](std::string_view line) { lines.emplace_back(line); });
  struct Fate {
    const char* path;
    const char* last;
    base::Kind kind = base::Kind::failed;
  };
  const std::string late = "within 300ms";  // "no answer", or on a busy machine "no connection"
  const std::string reset =
      "error the connection to " + server.url() + " broke off: Connection reset by peer";
  const Fate fates[] = {
      {"/echo", "open v4.channel.k8s.io"},
      {"/refused",
       "error the server refused the WebSocket with status 403: "
       "{\"kind\":\"Status\",\"reason\":\"Forbidden\"}"},
      {"/cut", "close 1006 the connection ended without a close"},
      {"/crash", "close 1006 the connection ended without a close"},
      {"/reset", reset.c_str(), base::Kind::unavailable},
      {"/close", "close 1011 broken"},
      {"/silent", late.c_str(), base::Kind::unavailable},
      {"/hang", late.c_str(), base::Kind::unavailable},
  };
  std::vector<std::unique_ptr<Recording>> recordings;
  std::vector<Dialogue> dialogues;
  for (int round = 0; round < 8; ++round) {
    for (const auto& fate : fates) {
      const bool hangs = std::string_view(fate.last) == late;
      recordings.push_back(std::make_unique<Recording>(fate.path == std::string("/close") ? 2 : 1));
      dialogues.push_back(dialogue(fate.path, *recordings.back(), hangs ? 300 : 30'000));
    }
  }
  dialogues[0].request.path = "no path";
  ASSERT_TRUE(transport->converse(std::move(dialogues), 32));
  EXPECT_EQ(recordings[0]->log.back(), "error not a valid request: GET");
  for (std::size_t i = 1; i < recordings.size(); ++i) {
    const auto& fate = fates[i % std::size(fates)];
    if (fate.last == late) {
      EXPECT_TRUE(recordings[i]->log.back().ends_with(late))
          << fate.path << ": " << recordings[i]->log.back();
    } else {
      EXPECT_EQ(recordings[i]->log.back(), fate.last) << fate.path;
    }
    EXPECT_EQ(recordings[i]->kind, fate.kind) << fate.path;
  }
  EXPECT_EQ(recordings[8]->messages, std::vector<std::string>{"hello"});
  EXPECT_EQ(lines.size(), recordings.size() - 1);
}

TEST(Stream, holdsALargeFleetInThreads) {
  const TlsServer server(world().byAddress, serve);
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(30'000));
  for (int round = 0; round < 2; ++round) {  // the second with what the first has parsed
    std::vector<std::unique_ptr<Recording>> recordings;
    std::vector<Dialogue> dialogues;
    for (int i = 0; i < 420; ++i) {
      recordings.push_back(std::make_unique<Recording>(1, std::vector{"number " + std::to_string(i)}));
      dialogues.push_back(dialogue(i % 7 == 6 ? "/cut" : "/echo", *recordings.back()));
    }
    ASSERT_TRUE(transport->converse(std::move(dialogues)));
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      if (i % 7 == 6) {
        EXPECT_EQ(recordings[i]->log.back(), "close 1006 the connection ended without a close");
      } else {
        EXPECT_EQ(recordings[i]->messages, std::vector{"number " + std::to_string(i)});
      }
    }
  }
}

TEST(Stream, tellsEachConversationOfAnUnreachableServer) {
  int port = 0;
  close(listenOnLoopback(port));
  Endpoint nobody;
  nobody.url = "https://127.0.0.1:" + std::to_string(port);
  Recording one, two;
  EXPECT_TRUE(
      makeCurlTransport(nobody, base::Millis(30'000))->converse({dialogue("/", one), dialogue("/", two)}));
  EXPECT_EQ(one.log, std::vector<std::string>{"error cannot reach " + nobody.url + ": Connection refused"});
  EXPECT_EQ(two.log, one.log);

  const TlsServer server(world().byAddress, serve);
  auto untrusted = endpoint(server);
  untrusted.caPem = makeCa("another").certificatePem;
  Recording three;
  EXPECT_TRUE(makeCurlTransport(untrusted, base::Millis(30'000))->converse({dialogue("/echo", three)}));
  EXPECT_TRUE(three.log.back().starts_with("error the certificate of " + server.url() + " is not trusted"))
      << three.log.back();
}

// Through a proxy with tls-server-name: the tunnel goes to the real host, TLS verifies the name.
TEST(Stream, goesThroughAProxy) {
  const Identity named = makeLeaf(world().ca, "named", "DNS:kubernetes");
  const TlsServer server(named, serve);
  ConnectProxy proxy(server.port());
  auto to = endpoint(server);
  to.tlsServerName = "kubernetes";
  to.proxyUrl = proxy.url();
  {
    const auto transport = makeCurlTransport(to, base::Millis(30'000));
    Recording recording;
    ASSERT_TRUE(transport->converse({dialogue("/echo", recording)}));
    EXPECT_EQ(recording.messages, std::vector<std::string>{"hello"}) << recording.log.back();
    const auto refused = transport->send(Request{.path = "/refused"});
    ASSERT_TRUE(refused) << base::describe(refused.error());
    EXPECT_EQ(refused->status, 403);
  }
  const std::string head = "CONNECT 127.0.0.1:" + std::to_string(server.port()) + " HTTP/1.1";
  EXPECT_EQ(proxy.heads(), (std::vector<std::string>{head, head}));
}

}  // namespace
}  // namespace net::test
