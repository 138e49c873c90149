#include "pki/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

#include "pki/issue.h"
#include "unit/pki/craft.h"

namespace {

using craft::now;
using craft::year;

/// The other end, over memory BIOs, as istiod is: it asks for a client certificate and can do without.
class Server {
 public:
  Server(const pki::Certificate& leaf, const pki::PrivateKey& key, const std::vector<pki::Certificate>& chain,
         int version, int verify)
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    SSL_CTX_set_max_proto_version(context_.get(), version);
    SSL_CTX_use_certificate(context_.get(), leaf.native());
    SSL_CTX_use_PrivateKey(context_.get(), key.native());
    for (const auto& certificate : chain) SSL_CTX_add1_chain_cert(context_.get(), certificate.native());
    SSL_CTX_set_verify(context_.get(), verify, nullptr);
    if (!chain.empty()) SSL_CTX_add_client_CA(context_.get(), chain.back().native());
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(ssl_.get());
  }

  std::string feed(const std::string& bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    SSL_do_handshake(ssl_.get());
    return takeOutput();
  }
  /// Behind the handshake: what the client has said, and what it is told.
  std::string hear(const std::string& bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
    std::string heard(1000, '\0');
    std::size_t size = 0;
    SSL_read_ex(ssl_.get(), heard.data(), heard.size(), &size);
    return heard.substr(0, size);
  }
  std::string say(const std::string& text) {
    std::size_t written = 0;
    SSL_write_ex(ssl_.get(), text.data(), text.size(), &written);
    return takeOutput();
  }
  std::string close() {
    SSL_shutdown(ssl_.get());
    return takeOutput();
  }
  void speakHttp2() {
    SSL_CTX_set_alpn_select_cb(
        SSL_get_SSL_CTX(ssl_.get()),
        [](SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered, unsigned,
           void*) {
          *out = offered + 1;
          *size = 2;
          return SSL_TLSEXT_ERR_OK;
        },
        nullptr);
  }

  [[nodiscard]] std::string serverName() const {
    const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }

 private:
  std::string takeOutput() {
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    std::string answer(data, static_cast<std::size_t>(size));
    BIO_reset(SSL_get_wbio(ssl_.get()));
    return answer;
  }

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

struct Pki {
  craft::Ca root = craft::make({{{"CN", "R"}}, craft::caExtensions(), year});
  craft::Ca signer = craft::make({{{"CN", "I"}}, craft::caExtensions(), year}, &root);
  pki::PrivateKey key = craft::key();
  pki::Certificate leaf =
      *pki::makeServer(key, {"istiod.istio-system.svc"}, year, signer.certificate, signer.key);
  std::vector<pki::Certificate> chain{signer.certificate, root.certificate};
};

TEST(TlsClient, SeesTheChainWhateverTheServerAsks) {
  const Pki pki;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (const int verify :
         {SSL_VERIFY_NONE, SSL_VERIFY_PEER, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT}) {
      for (const std::size_t portion : {std::size_t{1} << 20, std::size_t{7}}) {
        Server server(pki.leaf, pki.key, pki.chain, version, verify);
        pki::TlsClient client("istiod.istio-system.svc", "istiod");
        EXPECT_TRUE(client.peerChain().empty());
        std::string toServer = client.start();
        for (int round = 0; round < 10 && !client.done(); ++round) {
          const std::string answer = server.feed(toServer);
          toServer.clear();
          for (std::size_t i = 0; i < answer.size() && !client.done(); i += portion) {
            const auto next = client.feed(std::string_view(answer).substr(i, portion));
            ASSERT_TRUE(next) << base::describe(next.error());
            toServer += *next;
          }
        }
        ASSERT_TRUE(client.done()) << version << " " << verify;
        const std::vector<pki::Certificate> expected{pki.leaf, pki.signer.certificate, pki.root.certificate};
        EXPECT_EQ(client.peerChain(), expected);
        EXPECT_EQ(server.serverName(), "istiod.istio-system.svc");
        const auto issuers =
            verify == SSL_VERIFY_NONE ? std::vector<std::string>{} : std::vector<std::string>{"CN = R"};
        EXPECT_EQ(client.acceptedIssuers(), issuers);
        EXPECT_EQ(*client.feed("anything"), "");
      }
    }
  }
}

TEST(TlsClient, SaysWhoDoesNotSpeakTls) {
  for (const char* answer : {"HTTP/1.1 400 Bad Request\r\n\r\n", "\x15\x03\x01\x00\x02\x02\x28"}) {
    pki::TlsClient client("istiod.istio-system.svc", "port 15012 of istiod-1");
    EXPECT_FALSE(client.start().empty());
    const auto next = client.feed(std::string(answer, 7));
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().kind, base::Kind::unavailable);
    EXPECT_EQ(next.error().message, "TLS handshake with port 15012 of istiod-1 failed");
    EXPECT_FALSE(next.error().reason.empty());
    EXPECT_FALSE(client.done());
  }
}

TEST(TlsClient, GoesOnWithDataBehindTheHandshake) {
  const Pki pki;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Server server(pki.leaf, pki.key, pki.chain, version, SSL_VERIFY_PEER);
    server.speakHttp2();
    pki::TlsClient client("istiod.istio-system.svc");
    EXPECT_FALSE(client.established());
    EXPECT_EQ(client.protocol(), "");
    EXPECT_FALSE(client.encrypt("too early"));
    EXPECT_FALSE(client.decrypt(""));
    std::string toServer = client.start(), last;
    while (!client.done()) {
      last = server.feed(toServer);
      const auto next = client.feed(last);
      ASSERT_TRUE(next);
      toServer = *next;
    }
    EXPECT_TRUE(client.established());
    EXPECT_EQ(client.protocol(), "h2");
    const auto question = client.encrypt("a question");
    ASSERT_TRUE(question);
    EXPECT_EQ(server.hear(toServer + *question), "a question");

    EXPECT_EQ(client.decrypt("")->data, "") << "nothing has come";
    const std::string large(100'000, 'x');
    const auto answer = server.say(large);
    std::string heard;
    for (std::size_t i = 0; i < answer.size(); i += 5000) {
      const auto received = client.decrypt(std::string_view(answer).substr(i, 5000));
      ASSERT_TRUE(received) << base::describe(received.error());
      EXPECT_FALSE(received->closed);
      heard += received->data;
    }
    EXPECT_EQ(heard, large);
    EXPECT_EQ(*client.encrypt(""), "");
    EXPECT_TRUE(client.decrypt(server.close())->closed);
  }
}

TEST(TlsClient, HearsOfARefusalBehindTheHandshake) {
  const Pki pki;
  for (const auto* wrong : {"certificate required", "garbage"}) {
    const bool refuses = wrong == std::string_view("certificate required");
    Server server(pki.leaf, pki.key, pki.chain, TLS1_3_VERSION,
                  refuses ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE);
    pki::TlsClient client("istiod.istio-system.svc", "istiod");
    const auto finished = client.feed(server.feed(client.start()));
    ASSERT_TRUE(finished && client.done());
    const auto alert = server.feed(*finished);
    const auto received = client.decrypt(refuses ? alert : alert + std::string(100, 'x'));
    ASSERT_FALSE(received);
    EXPECT_EQ(received.error().kind, base::Kind::unavailable);
    EXPECT_EQ(received.error().message, "TLS connection with istiod failed");
    if (refuses) {
      EXPECT_NE(received.error().reason.find(wrong), std::string::npos) << received.error().reason;
    }
  }
}

}  // namespace
