// The TLS of streams: as careful as that of requests, and the same words where it fails.
#include <gtest/gtest.h>

#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "net/curl_handle.h"
#include "unit/net/recording.h"
#include "unit/net/world.h"

namespace net::test::stream_tls {
namespace {

/// Says hello to a WebSocket, and OK to a request.
bool serve(Connection& connection, const std::string& head) {
  if (headerOf(head, "Upgrade").empty())
    return connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  return connection.write(switching(head, "v4.channel.k8s.io") + frame(opcode::binary, "hello")) && false;
}

/// "" if it works, else the error.
std::string byRequest(const Endpoint& to, base::Kind& kind) {
  const auto got = makeCurlTransport(to, base::Millis(5'000))->send(Request{.path = "/"});
  if (got) return "";
  kind = got.error().kind;
  return base::describe(got.error());
}

std::string byStream(const Endpoint& to, base::Kind& kind) {
  Recording recording(1, {});
  Dialogue dialogue{.request = {.path = "/"}, .protocols = {"v4.channel.k8s.io"}, .conversation = &recording};
  EXPECT_TRUE(makeCurlTransport(to, base::Millis(5'000))->converse({dialogue}));
  if (!recording.messages.empty()) return "";
  kind = recording.kind;
  const auto& last = recording.log.back();
  return last.substr(last.find(' ') + 1);
}

/// Without numbers and the libraries' own words for a broken connection.
std::string summary(const std::string& error) {
  return error.substr(0, error.find(": "));
}

TEST(StreamTls, AcceptsAndRefusesWhomRequestsDoAndSaysTheSame) {
  const TlsServer server(world().byAddress, serve), named(world().byName, serve),
      wildcard(world().byWildcard, serve), commonName(world().byCommonName, serve),
      otherAddress(world().otherAddress, serve), expired(world().expired, serve),
      demanding(world().byAddress, serve, &world().clientCa);
  int closedPort = 0;
  close(listenOnLoopback(closedPort));
  const auto& ca = world().ca;
  auto closed = endpoint(server, ca), notPem = endpoint(server, ca), system = endpoint(server, ca),
       insecure = endpoint(expired, world().otherCa);
  closed.url = "https://127.0.0.1:" + std::to_string(closedPort);
  notPem.caPem = "not PEM";
  system.caPem.reset();
  insecure.caPem.reset();
  insecure.insecureSkipVerify = true;

  struct Case {
    const char* name;
    Endpoint to;
    bool works, ours;  // whether TLS is ours, not curl's
  };
  const Case cases[] = {
      {"by its address", endpoint(server, ca), true, true},
      {"of another CA", endpoint(server, world().otherCa), false, true},
      {"of a CA of the system", system, false, false},
      {"expired", endpoint(expired, ca), false, true},
      {"expired, and not verified", insecure, true, false},
      {"for a name, asked by its address", endpoint(named, ca), false, true},
      {"for another address", endpoint(otherAddress, ca), false, true},
      {"by its name", endpoint(named, ca, "kubernetes.default"), true, true},
      {"by its name and a dot", endpoint(named, ca, "kubernetes.default."), true, true},
      {"by another name", endpoint(named, ca, "kubernetes"), false, true},
      {"for an address, asked by a name", endpoint(server, ca, "kubernetes"), false, true},
      {"by a wildcard", endpoint(wildcard, ca, "api.example.org"), true, true},
      {"by a wildcard, too deep", endpoint(wildcard, ca, "a.b.example.org"), false, true},
      {"by its common name", endpoint(commonName, ca, "kubernetes"), true, true},
      {"demanding, with a client certificate", withClient(endpoint(demanding, ca), world().client), true,
       true},
      {"demanding, without one", endpoint(demanding, ca), false, true},
      {"demanding, with an expired one", withClient(endpoint(demanding, ca), world().expiredClient), false,
       true},
      {"demanding, with one of another CA",
       withClient(endpoint(demanding, ca), makeLeaf(world().otherCa, "eve", "")), false, true},
      {"with a certificate and the key of another",
       withClient(endpoint(server, ca), {world().client.certificatePem, world().ca.keyPem, {}, {}}), false,
       false},
      {"with a CA that is none", notPem, false, false},
      {"that is not there", closed, false, true},
  };
  for (const auto& [name, to, works, ours] : cases) {
    SCOPED_TRACE(name);
    const auto target = makeStreamTarget(to);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->streamTls != nullptr, ours);
    auto requestsKind = base::Kind::interrupted, streamsKind = base::Kind::interrupted;
    const auto request = byRequest(to, requestsKind), stream = byStream(to, streamsKind);
    EXPECT_EQ(request.empty(), works) << request;
    EXPECT_EQ(summary(stream), summary(request)) << stream << "\n" << request;
    EXPECT_EQ(streamsKind, requestsKind);
  }
}

TEST(StreamTls, SaysWhyItTrustsNobodyInTheWordsOfRequests) {
  const TlsServer server(world().byAddress, serve), named(world().byName, serve),
      expired(world().expired, serve);
  for (const auto& to : {endpoint(server, world().otherCa), endpoint(expired), endpoint(named),
                         endpoint(named, world().ca, "kubernetes")}) {
    auto kind = base::Kind::interrupted;
    EXPECT_EQ(byStream(to, kind), byRequest(to, kind));
  }
  auto kind = base::Kind::interrupted;
  EXPECT_TRUE(byStream(endpoint(named, world().ca, "kubernetes"), kind)
                  .ends_with(" is for another name: it does not name 'kubernetes'"));
}

TEST(StreamTls, ToWhatDoesNotSpeakItIsToldSo) {
  int port = 0;
  const int listener = listenOnLoopback(port);
  std::thread plain([listener] {
    for (int i = 0; i < 2; ++i) {
      const int socket = accept(listener, nullptr, nullptr);
      char hello[512];
      static_cast<void>(!read(socket, hello, sizeof hello));
      constexpr std::string_view no("HTTP/1.0 400 Bad Request\r\n\r\n");
      static_cast<void>(!write(socket, no.data(), no.size()));
      close(socket);
    }
  });
  Endpoint to;
  to.url = "https://127.0.0.1:" + std::to_string(port);
  to.caPem = world().ca.certificatePem;
  auto requestsKind = base::Kind::interrupted, streamsKind = base::Kind::interrupted;
  const auto request = byRequest(to, requestsKind), stream = byStream(to, streamsKind);
  plain.join();
  close(listener);
  EXPECT_NE(request.find("it does not speak TLS"), std::string::npos) << request;
  EXPECT_NE(stream.find("it does not speak TLS"), std::string::npos) << stream;
  EXPECT_EQ(streamsKind, requestsKind);
}

TEST(StreamTls, VerifiesAFleetsServerOnceAndIsVerifiedOnce) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    SCOPED_TRACE(version);
    TlsServer server(world().byAddress, serve, &world().clientCa);
    server.speakAtMost(version);
    const auto to = withClient(endpoint(server, world().ca), world().client);
    std::vector<Recording> recordings(20, Recording(1, {}));
    std::vector<Dialogue> dialogues;
    for (auto& recording : recordings)
      dialogues.push_back(
          {.request = {.path = "/"}, .protocols = {"v4.channel.k8s.io"}, .conversation = &recording});
    ASSERT_TRUE(makeCurlTransport(to, base::Millis(5'000))->converse(std::move(dialogues), 1));
    for (const auto& recording : recordings) EXPECT_EQ(recording.messages.size(), 1U) << recording.log.back();
    EXPECT_EQ(server.connections(), 20);
    EXPECT_GE(server.resumed(), 18);
  }
}

}  // namespace
}  // namespace net::test::stream_tls
