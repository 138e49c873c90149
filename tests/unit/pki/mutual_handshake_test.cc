#include "pki/mutual_handshake.h"

#include <gtest/gtest.h>

#include "pki/issue.h"
#include "unit/pki/craft.h"

namespace {

using pki::Certificate;
using pki::PrivateKey;

using craft::now;
using craft::year;
const pki::Validity day{now - base::Seconds{120}, now + base::Seconds{86400}};

struct Ca {
  PrivateKey key = *PrivateKey::generate(pki::KeyType::ecP256);
  Certificate certificate;
  explicit Ca(const std::string& name) : certificate(*pki::makeRoot(key, {{"O", name}}, year)) {}
};

struct Workload {
  PrivateKey key = *PrivateKey::generate(pki::KeyType::ecP256);
  std::vector<Certificate> chain;
  pki::TrustStore roots;

  Workload(const Ca& ca, const std::vector<Certificate>& trusted, pki::Validity validity = day,
           const std::string& id = "spiffe://cluster.local/ns/shop/sa/server")
      : chain{*pki::makeWorkload(key, id, validity, ca.certificate, ca.key)}, roots(trusted) {}

  [[nodiscard]] pki::TlsEnd end() const { return {chain, key, roots}; }
};

std::string between(const Workload& client, const Workload& server) {
  return pki::whyNoHandshake(client.end(), server.end(), "cluster.local", now).value_or("connected");
}

TEST(MutualHandshake, ComesAboutWhereEachTrustsTheOther) {
  const Ca o("O"), n("N");
  const Workload onlyO(o, {o.certificate}), both(o, {o.certificate, n.certificate}),
      moved(n, {o.certificate, n.certificate}), done(n, {n.certificate});
  for (const auto& [client, server] :
       {std::pair(&onlyO, &onlyO), {&onlyO, &both}, {&both, &moved}, {&moved, &both}, {&done, &moved}}) {
    EXPECT_EQ(between(*client, *server), "connected");
  }
  EXPECT_EQ(between(onlyO, moved),
            "the client does not trust the server's certificate: unable to get local issuer certificate");
  EXPECT_EQ(between(moved, onlyO),
            "the server does not trust the client's certificate: unable to get local issuer certificate");
}

TEST(MutualHandshake, WantsTheIntermediateThatIsNotTrustedItself) {
  const Ca root("root");
  const auto key = *PrivateKey::generate(pki::KeyType::ecP256);
  const auto intermediate =
      *pki::makeIntermediate(key, {{"O", "between"}}, {}, year, root.certificate, root.key);
  Workload one(root, {root.certificate});
  one.chain = {*pki::makeWorkload(one.key, "spiffe://cluster.local/ns/shop/sa/a", day, intermediate, key)};
  EXPECT_EQ(between(one, one),
            "the client does not trust the server's certificate: unable to get local issuer certificate");
  one.chain.push_back(intermediate);
  EXPECT_EQ(between(one, one), "connected");
}

TEST(MutualHandshake, LooksAtTheTimeAndTheName) {
  const Ca ca("O");
  const Workload good(ca, {ca.certificate});
  const Workload old(ca, {ca.certificate}, {now - base::Seconds{7200}, now - base::Seconds{1}});
  EXPECT_EQ(between(good, old),
            "the client does not trust the server's certificate: certificate has expired");
  EXPECT_EQ(between(old, good),
            "the server does not trust the client's certificate: certificate has expired");
  const Workload stranger(ca, {ca.certificate}, day, "spiffe://cluster.local.example/ns/shop/sa/server");
  EXPECT_EQ(between(good, stranger),
            "the client refuses the server's certificate: it holds no SPIFFE ID of the trust domain "
            "cluster.local");
  EXPECT_EQ(between(stranger, good),
            "the server refuses the client's certificate: it holds no SPIFFE ID of the trust domain "
            "cluster.local");
}

TEST(MutualHandshake, WantsACertificateForItsSide) {
  const Ca ca("O");
  const craft::Ca issuer{ca.certificate, ca.key};
  const auto only = [&](const char* usage) {
    Workload workload(ca, {ca.certificate});
    auto made = craft::make({{},
                             {{"keyUsage", "critical,digitalSignature"},
                              {"extendedKeyUsage", usage},
                              {"subjectAltName", "URI:spiffe://cluster.local/ns/shop/sa/a"}},
                             day},
                            &issuer);
    workload.key = made.key;
    workload.chain = {made.certificate};
    return workload;
  };
  const Workload good(ca, {ca.certificate});
  EXPECT_EQ(between(good, only("serverAuth")), "connected");
  EXPECT_EQ(between(only("clientAuth"), good), "connected");
  EXPECT_EQ(between(good, only("clientAuth")),
            "the client does not trust the server's certificate: unsuitable certificate purpose");
  EXPECT_EQ(between(only("serverAuth"), good),
            "the server does not trust the client's certificate: unsuitable certificate purpose");
}

TEST(Issue, CertifiesTheKeyOfARequestAndNothingElse) {
  const Ca ca("O");
  const auto key = *PrivateKey::generate(pki::KeyType::ecP256);
  const std::string id = "spiffe://cluster.local/ns/shop/sa/server";
  const auto csr = *pki::makeCsr(key, {{"CN", "anything"}}, {"example.com"});
  const auto made = *pki::makeRequested(csr, id, day, ca.certificate, ca.key);
  EXPECT_TRUE(key.matches(made));
  EXPECT_EQ(made.uris(), std::vector<std::string>{id});
  EXPECT_EQ(made.subject(), "");
  EXPECT_TRUE(made.dnsNames().empty());
  EXPECT_FALSE(made.isCa());

  EXPECT_EQ(pki::makeRequested("no request", id, day, ca.certificate, ca.key).error().message,
            "cannot read the certificate request");
}

}  // namespace
