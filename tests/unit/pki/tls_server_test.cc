#include "pki/tls_server.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "pki/tls_client.h"
#include "unit/pki/craft.h"

namespace {

using Clients = pki::TlsIdentity::Clients;

using craft::now;
using craft::year;

struct World {
  craft::Ca root = craft::make({{{"CN", "R"}}, craft::caExtensions(), year});
  craft::Ca signer = craft::make({{{"CN", "I"}}, craft::caExtensions(), year}, &root);
  craft::Ca stranger = craft::make({{{"CN", "S"}}, craft::caExtensions(), year});
  pki::PrivateKey key = craft::key();
  pki::Certificate leaf =
      *pki::makeServer(key, {"istiod.istio-system.svc", "127.0.0.1"}, year, signer.certificate, signer.key);

  pki::TlsIdentity identity(Clients clients = Clients::notAsked) {
    return {{leaf, signer.certificate}, key, {"h2", "http/1.1"}, clients, {root.certificate}};
  }
};

pki::TlsServer serve(pki::TlsIdentity identity, base::Time at = now) {
  return pki::TlsAcceptor::make(std::move(identity))->accept(at);
}

/// OpenSSL's own client, with a certificate.
class Client {
 public:
  Client() : context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {}
  void present(const std::vector<pki::Certificate>& chain, const pki::PrivateKey& key) {
    SSL_CTX_use_certificate(context_.get(), chain.front().native());
    SSL_CTX_use_PrivateKey(context_.get(), key.native());
    for (std::size_t i = 1; i < chain.size(); ++i) SSL_CTX_add1_chain_cert(context_.get(), chain[i].native());
  }
  void atMost(int version) { SSL_CTX_set_max_proto_version(context_.get(), version); }

  std::string exchange(std::string_view bytes) {
    if (!ssl_) connect();
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    char byte = 0;
    std::size_t size = 0;
    while (SSL_read_ex(ssl_.get(), &byte, 1, &size) == 1) heard += byte;
    if (const SSL_SESSION* session = SSL_get0_session(ssl_.get());
        session && SSL_SESSION_is_resumable(session) == 1)
      session_.reset(SSL_get1_session(ssl_.get()));
    return output();
  }
  std::string say(std::string_view text) {
    std::size_t written = 0;
    SSL_write_ex(ssl_.get(), text.data(), text.size(), &written);
    return output();
  }
  /// The next connection goes on with the session of the last.
  void again() {
    // OpenSSL never resumes a session whose connection was dropped without a word
    SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    ssl_.reset();
  }
  [[nodiscard]] bool established() const { return SSL_is_init_finished(ssl_.get()) == 1; }
  [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

  std::string heard;

 private:
  void connect() {
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    if (session_) SSL_set_session(ssl_.get(), session_.get());
    SSL_set_connect_state(ssl_.get());
  }
  std::string output() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    std::string bytes(data, static_cast<std::size_t>(size));
    BIO_reset(SSL_get_wbio(ssl_.get()));
    return bytes;
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session_{nullptr, SSL_SESSION_free};
};

/// Both talk until neither has anything to say; why the server ended it.
std::string converse(pki::TlsServer& server, Client& client, std::string* heard = nullptr) {
  std::string toServer = client.exchange("");
  while (!toServer.empty()) {
    auto fed = server.feed(toServer);
    if (!fed) {
      client.exchange(server.farewell());
      return base::describe(fed.error());
    }
    if (heard) *heard += fed->data;
    toServer = client.exchange(fed->answer);
  }
  return "";
}

TEST(TlsServer, SpeaksWithOurClientByteByByte) {
  World world;
  auto server = serve(world.identity());
  pki::TlsClient client("istiod.istio-system.svc");
  std::string toServer = client.start();
  while (!client.done()) {
    std::string toClient;
    for (const char byte : toServer) {
      const auto fed = server.feed(std::string_view(&byte, 1));
      ASSERT_TRUE(fed) << base::describe(fed.error());
      toClient += fed->answer;
    }
    const auto next = client.feed(toClient);
    ASSERT_TRUE(next) << base::describe(next.error());
    toServer = *next;
  }
  ASSERT_TRUE(client.established());
  const std::vector<pki::Certificate> expected{world.leaf, world.signer.certificate};
  EXPECT_EQ(client.peerChain(), expected);
  EXPECT_EQ(client.protocol(), "h2");
  EXPECT_FALSE(server.established());
  const auto question = client.encrypt("hello");
  ASSERT_TRUE(question) << base::describe(question.error());
  const auto fed = server.feed(toServer + *question);
  ASSERT_TRUE(fed);
  EXPECT_EQ(fed->data, "hello");
  EXPECT_TRUE(server.established());
  EXPECT_EQ(server.protocol(), "h2");
  EXPECT_EQ(server.serverName(), "istiod.istio-system.svc");
  EXPECT_TRUE(server.peerChain().empty());
  std::string answer = fed->answer + *server.encrypt("welcome");
  answer += server.farewell();
  const auto heard = client.decrypt(answer);
  ASSERT_TRUE(heard) << base::describe(heard.error());
  EXPECT_EQ(heard->data, "welcome");
  EXPECT_TRUE(heard->closed);
}

TEST(TlsServer, LetsInWhoseCertificateVerifies) {
  World world;
  const auto theirs = craft::key();
  const auto good = *pki::makeUser(theirs, {{"O", "system:masters"}, {"CN", "admin"}}, year,
                                   world.signer.certificate, world.signer.key);
  const auto alien =
      *pki::makeUser(theirs, {{"CN", "admin"}}, year, world.stranger.certificate, world.stranger.key);
  struct Case {
    const char* name;
    std::vector<pki::Certificate> presented;
    Clients clients;
    base::Time at;
    std::string why;  // it is refused
    std::size_t seen;
  };
  const std::vector<Case> cases{
      {"good", {good, world.signer.certificate}, Clients::mustPresent, now, "", 2},
      {"good where it may", {good, world.signer.certificate}, Clients::mayPresent, now, "", 2},
      {"not asked", {good, world.signer.certificate}, Clients::notAsked, now, "", 0},
      {"none where it may", {}, Clients::mayPresent, now, "", 0},
      {"none", {}, Clients::mustPresent, now, "peer did not return a certificate", 0},
      {"without its intermediate", {good}, Clients::mayPresent, now, "its certificate is not accepted", 0},
      {"of another CA", {alien}, Clients::mayPresent, now, "its certificate is not accepted", 0},
      {"expired",
       {good, world.signer.certificate},
       Clients::mayPresent,
       now + std::chrono::days(366),
       "expired",
       0},
  };
  for (const Case& each : cases) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      auto server = serve(world.identity(each.clients), each.at);
      Client client;
      client.atMost(version);
      if (!each.presented.empty()) client.present(each.presented, theirs);
      const std::string why = converse(server, client);
      EXPECT_EQ(why.empty(), each.why.empty()) << each.name << ": " << why;
      EXPECT_NE(why.find(each.why), std::string::npos) << each.name << ": " << why;
      EXPECT_EQ(server.established(), each.why.empty()) << each.name;
      EXPECT_EQ(server.peerChain().size(), each.seen) << each.name;
      if (each.seen > 0) {
        EXPECT_EQ(server.peerChain().front(), good) << each.name;
      }
    }
  }
}

TEST(TlsServer, ResumesSessionsAndStillKnowsTheClient) {
  World world;
  const auto theirs = craft::key();
  const auto good = *pki::makeUser(theirs, {{"CN", "admin"}}, year, world.root.certificate, world.root.key);
  const auto acceptor = pki::TlsAcceptor::make(world.identity(Clients::mayPresent));
  ASSERT_TRUE(acceptor);
  Client client;
  client.present({good}, theirs);
  for (const bool again : {false, true}) {
    auto server = acceptor->accept(now);
    EXPECT_EQ(converse(server, client), "");
    EXPECT_EQ(client.resumed(), again);
    ASSERT_EQ(server.peerChain().size(), 1U);
    EXPECT_EQ(server.peerChain().front(), good);
    client.again();
  }
}

TEST(TlsServer, CarriesMuch) {
  World world;
  auto server = serve(world.identity());
  Client client;
  ASSERT_EQ(converse(server, client), "");
  const std::string much(1000000, 'x');
  const auto fed = server.feed(client.say(much));
  ASSERT_TRUE(fed);
  EXPECT_EQ(fed->data, much);
  client.exchange(*server.encrypt(much));
  EXPECT_EQ(client.heard, much);
}

TEST(TlsServer, EndsWhereNobodySpeaksTls) {
  World world;
  auto server = serve(world.identity());
  EXPECT_FALSE(server.encrypt("early"));
  EXPECT_FALSE(server.feed("GET / HTTP/1.1\r\n\r\n"));
  EXPECT_FALSE(server.feed("again"));
}

TEST(TlsAcceptor, WantsAKeyThatFits) {
  World world;
  auto identity = world.identity();
  identity.key = craft::key();
  EXPECT_FALSE(pki::TlsAcceptor::make(identity));
  EXPECT_FALSE(pki::TlsAcceptor::make({{}, craft::key()}));
}

}  // namespace
