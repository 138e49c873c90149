// Requests to a TLS server of the test's own.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "net/curl_handle.h"
#include "unit/net/recording.h"
#include "unit/net/world.h"

namespace net::test {
namespace {

std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

/// Answers with the request's own first line and Host, or as the path says.
bool answer(Connection& connection, const std::string& head) {
  const auto target = head.substr(0, head.find(" HTTP/"));
  if (target == "GET /cut")
    return connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf") && false;
  if (target == "GET /crash")
    return connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), connection.crash(false),
           false;
  if (target == "GET /reset") return connection.crash(true), false;
  if (target == "GET /hang") return !connection.readHead().empty();
  if (target == "GET /drop") return false;
  if (target == "GET /gone")
    return connection.write("HTTP/1.1 410 Gone\r\nX-Why: old\r\nContent-Length: 2\r\n\r\n{}");
  if (target == "GET /redirect")
    return connection.write("HTTP/1.1 302 F\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
  const std::string length = headerOf(head, "Content-Length");
  const std::string body = length.empty() ? "" : connection.read(std::size_t(std::stoi(length)));
  return connection.write(
      ok(target + " " + headerOf(head, "Host") + " " + headerOf(head, "Authorization") + body));
}

base::Result<Response> get(Endpoint to, const std::string& path = "/",
                           base::Millis timeout = base::Millis(30'000)) {
  return makeCurlTransport(std::move(to), timeout)->send(Request{.path = path});
}

base::Error errorOf(const base::Result<Response>& result) {
  return result ? base::Error{.message = "it worked: " + result->body} : result.error();
}

TEST(Transport, sendsAndReceives) {
  const TlsServer server(world().byAddress, answer);
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(30'000));
  const std::string host = "127.0.0.1:" + std::to_string(server.port());

  const auto got =
      transport->send(Request{.path = "/api?x=a%2Fb", .bearerToken = base::Secret(std::string("secret"))});
  ASSERT_TRUE(got) << base::describe(got.error());
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "GET /api?x=a%2Fb " + host + " Bearer secret");
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    const auto written = transport->send(Request{.method = method, .path = "/a/../b", .body = "{\"a\":1}"});
    ASSERT_TRUE(written) << base::describe(written.error());
    EXPECT_EQ(written->body, std::string(method) + " /a/../b " + host + " {\"a\":1}");
  }
  const auto gone = transport->send(Request{.path = "/gone"});
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->status, 410);
  EXPECT_EQ(gone->header("x-why"), "old");
  EXPECT_EQ(transport->send(Request{.path = "/redirect"})->status, 302);
}

TEST(Transport, sendsManyAtOnceInOrder) {
  const TlsServer server(world().byAddress, answer);
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(30'000));
  std::vector<Request> requests(40);
  for (std::size_t i = 0; i < requests.size(); ++i) requests[i].path = "/" + std::to_string(i);
  requests[7].path = "/cut";
  requests[8].path = "not a path";
  const auto results = transport->send(std::move(requests), 8);
  ASSERT_EQ(results.size(), 40U);
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i == 7 || i == 8) continue;
    ASSERT_TRUE(results[i]) << i << base::describe(results[i].error());
    EXPECT_TRUE(results[i]->body.starts_with("GET /" + std::to_string(i) + " "));
  }
  EXPECT_EQ(errorOf(results[7]).kind, base::Kind::unavailable);
  EXPECT_EQ(errorOf(results[8]).message, "not a valid request: GET");
  EXPECT_LE(server.connections(), 10);
}

/// RFC 9113, 4.1.
std::string frame(int type, int flags, int stream, const std::string& payload = "") {
  const auto byte = [](std::size_t value, int shift) { return char((value >> shift) & 0xff); };
  const auto size = payload.size();
  return std::string{byte(size, 16), byte(size, 8), byte(size, 0), char(type), char(flags), 0, 0, 0,
                     char(stream)} +
         payload;
}

/// With HTTP/2, two answers on one connection in pieces between each other's, as libcurl 7.88 reads them to
/// the end and then waits for more.
bool answerTwoAtOnce(Connection& connection, const std::string& head) {
  if (!head.starts_with("PRI ")) return answer(connection, head);
  constexpr int data = 0, headers = 1, settings = 4, goOn = 0, end = 1, endOfHeaders = 4, acknowledge = 1;
  const std::string ok = "\x88";  // ":status: 200" of HPACK's static table
  connection.read(std::string("SM\r\n\r\n").size());
  connection.write(frame(settings, 0, 0) + frame(settings, acknowledge, 0));
  std::vector<int> streams;
  while (streams.size() < 2) {
    const auto start = connection.read(9);
    if (start.empty()) return false;
    const auto at = [&](int i) { return int(static_cast<unsigned char>(start[std::size_t(i)])); };
    connection.read(std::size_t((at(0) << 16) + (at(1) << 8) + at(2)));
    if (at(3) == headers) streams.push_back(at(8));
  }
  const int a = streams[0], b = streams[1];
  const std::string much(16384, 'x'), little(10, 'x');
  connection.write(frame(headers, endOfHeaders, a, ok) + frame(headers, endOfHeaders, b, ok));
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  connection.writeTogether({frame(data, goOn, b, little) + frame(data, goOn, b, much),
                            frame(data, goOn, a, much), frame(data, end, b, little),
                            frame(data, end, a, std::string(4000, 'x'))});
  while (!connection.read(1).empty()) {
  }
  return false;
}

TEST(Transport, doesNotWaitForWhatCurlHasRead) {
  const TlsServer server(world().byAddress, answerTwoAtOnce, nullptr, TlsServer::Protocol::http2);
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(3'000));
  std::vector<Request> requests(2);
  for (auto& request : requests) request.path = "/";
  const auto results = transport->send(std::move(requests), 2);
  for (const auto& result : results) EXPECT_TRUE(result) << base::describe(result.error());
}

TEST(Transport, explainsWhatFails) {
  const TlsServer server(world().byAddress, answer), named(world().byName, answer),
      expired(world().expired, answer);
  int closedPort = 0;
  const int plain = listenOnLoopback(closedPort);
  close(plain);
  Endpoint closed = endpoint(server);
  closed.url = "https://127.0.0.1:" + std::to_string(closedPort);
  Endpoint wrongScheme = endpoint(server);
  wrongScheme.url.replace(0, 5, "http");
  Endpoint notPem = endpoint(server);
  notPem.caPem = "not PEM";
  Endpoint system = endpoint(server);
  system.caPem.reset();

  using base::Kind;
  struct Case {
    base::Result<Response> result;
    Kind kind;
    std::string message, reason;
  };
  const Case cases[] = {
      {get(closed), Kind::unavailable, "cannot reach " + closed.url, "Connection refused"},
      {get(endpoint(server, world().otherCa)), Kind::failed,
       "the certificate of " + server.url() + " is not trusted", "it comes from an unknown CA"},
      {get(system), Kind::failed, "the certificate of " + server.url() + " is not trusted",
       "it comes from an unknown CA"},
      {get(endpoint(expired)), Kind::failed, "the certificate of " + expired.url() + " has expired",
       "certificate has expired"},
      {get(endpoint(named)), Kind::failed, "the certificate of " + named.url() + " is for another name",
       "127.0.0.1"},
      {get(notPem), Kind::usage, "cannot use the CA certificate for " + server.url(), ""},
      {get(withClient(endpoint(server), {world().client.certificatePem, world().ca.keyPem, {}, {}})),
       Kind::usage, "cannot use the client certificate for " + server.url(), ""},
      {get(endpoint(server), "/cut"), Kind::unavailable, "the connection to " + server.url() + " broke off",
       ""},
      {get(endpoint(server), "/crash"), Kind::unavailable, "the connection to " + server.url() + " broke off",
       ""},
      {get(endpoint(server), "/reset"), Kind::unavailable, "the connection to " + server.url() + " broke off",
       ""},
      {get(endpoint(server), "/drop"), Kind::unavailable, "the connection to " + server.url() + " broke off",
       ""},
      {get(wrongScheme), Kind::unavailable, "the connection to " + wrongScheme.url + " broke off", ""},
  };
  for (const auto& [result, kind, message, reason] : cases) {
    const auto error = errorOf(result);
    EXPECT_EQ(error.message, message) << error.reason;
    EXPECT_EQ(error.kind, kind) << message;
    EXPECT_NE(error.reason.find(reason), std::string::npos) << error.reason;
  }
}

TEST(Transport, givesUpAtTheDeadline) {
  const TlsServer server(world().byAddress, answer);
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(30'000));
  ASSERT_TRUE(transport->send(Request{.path = "/"}));  // from here on there is a connection
  const auto error = errorOf(transport->send(Request{.path = "/hang", .timeout = base::Millis(200)}));
  EXPECT_EQ(error.kind, base::Kind::unavailable);
  EXPECT_EQ(base::describe(error), "no answer from " + server.url() + ": it did not come within 200ms");
  EXPECT_TRUE(transport->send(Request{.path = "/"}));
}

TEST(Transport, verifiesAnotherNameIfToldTo) {
  const TlsServer server(world().byName, answer);
  auto to = endpoint(server);
  to.tlsServerName = "kubernetes.default";
  const auto got = get(to);
  ASSERT_TRUE(got) << base::describe(got.error());
  EXPECT_EQ(got->body, "GET / 127.0.0.1:" + std::to_string(server.port()) + " ");
  to.tlsServerName = "kubernetes";
  EXPECT_EQ(errorOf(get(to)).kind, base::Kind::failed);
}

TEST(Transport, skipsVerificationOnlyIfToldTo) {
  const TlsServer server(world().expired, answer);
  Endpoint to;
  to.url = server.url();
  EXPECT_FALSE(get(to));
  to.insecureSkipVerify = true;
  EXPECT_TRUE(get(to));
}

// Debian's curl has CAPATH=/etc/ssl/certs compiled in and reads it in addition to a CA given as bytes.
TEST(Transport, trustsNoOtherRootThanTheCaGiven) {
  const TlsServer server(world().byAddress, answer);
  const std::filesystem::path capath =
      std::filesystem::temp_directory_path() / ("capath-" + std::to_string(getpid()));
  std::filesystem::create_directory(capath);
  char name[16];
  std::snprintf(
      name, sizeof name, "%08lx.0",
      X509_NAME_hash_ex(X509_get_subject_name(world().ca.certificate.get()), nullptr, nullptr, nullptr));
  std::ofstream(capath / name) << world().ca.certificatePem;

  const Endpoint other = endpoint(server, world().otherCa);
  const auto target = makeTarget(other);
  ASSERT_TRUE(target);
  enum class How { curlsOwn, trust, target };
  const auto perform = [&](How how) {
    const EasyPtr easy(curl_easy_init());
    curl_easy_setopt(easy.get(), CURLOPT_URL, server.url().c_str());
    curl_easy_setopt(easy.get(), CURLOPT_NOBODY, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_CAPATH, capath.c_str());
    if (how == How::trust) applyTrust(easy.get(), other);
    if (how == How::target) applyTarget(easy.get(), *target);
    return curl_easy_perform(easy.get());
  };
  EXPECT_EQ(perform(How::curlsOwn), CURLE_OK);  // the folder works
  EXPECT_EQ(perform(How::trust), CURLE_PEER_FAILED_VERIFICATION);
  EXPECT_EQ(perform(How::target), CURLE_PEER_FAILED_VERIFICATION);
  std::filesystem::remove_all(capath);
}

TEST(Transport, showsItsClientCertificate) {
  const TlsServer server(world().byAddress, answer, &world().clientCa);
  EXPECT_TRUE(get(withClient(endpoint(server), world().client)));

  const auto without = errorOf(get(endpoint(server)));
  EXPECT_EQ(without.kind, base::Kind::forbidden) << without.reason;
  EXPECT_EQ(without.message, server.url() + " demands a client certificate");
  for (const Identity& wrong : {world().expiredClient, makeLeaf(world().otherCa, "eve", "")}) {
    const auto refused = errorOf(get(withClient(endpoint(server), wrong)));
    EXPECT_EQ(refused.kind, base::Kind::forbidden) << refused.reason;
    EXPECT_EQ(refused.message, server.url() + " refused the client certificate");
  }
}

TEST(Transport, tracesWithoutSecrets) {
  static std::vector<std::string> lines;
  const TlsServer server(world().byAddress, answer);
  const auto transport = makeCurlTransport(endpoint(server), base::Millis(30'000),
                                           [](std::string_view line) { lines.emplace_back(line); });
  const auto got = transport->send(Request{.method = "PUT",
                                           .path = "/a",
                                           .body = "body-secret",
                                           .bearerToken = base::Secret(std::string("token-secret"))});
  ASSERT_TRUE(got);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(lines[0].starts_with("PUT " + server.url() + "/a 200 ")) << lines[0];
  EXPECT_EQ(lines[0].find("secret"), std::string::npos);
}

TEST(Transport, refusesAnUnusableEndpoint) {
  Endpoint wrong;
  wrong.url = "not a server";
  const auto transport = makeCurlTransport(wrong, base::Millis(30'000));
  EXPECT_EQ(errorOf(transport->send(Request{.path = "/"})).kind, base::Kind::usage);
  Recording recording;
  Dialogue dialogue{.request = {.path = "/"}, .protocols = {}, .conversation = &recording};
  EXPECT_TRUE(transport->converse({dialogue}));
  EXPECT_EQ(recording.kind, base::Kind::usage);
}

}  // namespace
}  // namespace net::test
