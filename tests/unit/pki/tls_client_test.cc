#include "pki/tls_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

#include "pki/issue.h"
#include "unit/pki/craft.h"

namespace {

constexpr base::Time now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);
const pki::Validity year{now, now + std::chrono::days(365)};

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
    char* data = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl_.get()), &data);
    std::string answer(data, static_cast<std::size_t>(size));
    BIO_reset(SSL_get_wbio(ssl_.get()));
    return answer;
  }

  [[nodiscard]] std::string serverName() const {
    const char* name = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? "" : name;
  }

 private:
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

}  // namespace
