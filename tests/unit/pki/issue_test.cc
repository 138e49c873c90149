#include "pki/issue.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "pki/key.h"
#include "pki/verify.h"
#include "unit/pki/craft.h"

namespace {

using pki::KeyType;
using pki::PrivateKey;

using craft::now;
using craft::year;

using craft::holds;

/// The lines of `text` from the one with `from` on, without the key identifiers.
std::string extensionsOf(const pki::Certificate& certificate) {
  const std::string text = certificate.text();
  const auto begin = text.find("X509v3 extensions:\n");
  return text.substr(begin, text.find("    Signature Algorithm", begin) - begin);
}

/// The names of the extensions, in order, with "!" for a critical one.
std::vector<std::string> order(const pki::Certificate& certificate) {
  std::vector<std::string> names;
  const std::string text = extensionsOf(certificate);
  for (auto at = text.find("            X509v3 "); at != std::string::npos;
       at = text.find("            X509v3 ", at + 1)) {
    const auto colon = text.find(": ", at);
    const auto name = text.substr(at + 19, colon - at - 19);
    names.push_back(name + (text.compare(colon + 2, 8, "critical") == 0 ? "!" : ""));
  }
  return names;
}

TEST(Issue, MakesWhatIstiosToolsMake) {
  const auto rootKey = *PrivateKey::generate(KeyType::rsa2048);
  const auto root = *pki::makeRoot(rootKey, {{"O", "Istio"}, {"CN", "Root CA"}}, year);
  EXPECT_EQ(root.subject(), "O = Istio, CN = Root CA");
  EXPECT_EQ(root.issuer(), root.subject());
  EXPECT_TRUE(root.selfSigned() && root.isCa() && root.maySign());
  EXPECT_EQ(root.pathLength(), std::nullopt);
  EXPECT_EQ(root.notBefore(), year.notBefore);
  EXPECT_EQ(root.notAfter(), year.notAfter);
  EXPECT_EQ(root.signatureAlgorithm(), "RSA-SHA256");
  using Names = std::vector<std::string>;
  EXPECT_EQ(order(root), (Names{"Subject Key Identifier", "Basic Constraints!", "Key Usage!",
                                "Authority Key Identifier"}));
  const std::string usage = "Digital Signature, Non Repudiation, Key Encipherment, Certificate Sign\n";
  EXPECT_TRUE(holds(extensionsOf(root), usage));

  const auto key = *PrivateKey::generate(KeyType::ecP384);
  const auto signer = *pki::makeIntermediate(
      key, {{"O", "Istio"}, {"CN", "Intermediate CA"}, {"L", "east"}},
      {"istiod.istio-system.svc", "istiod.east.svc"},
      {year.notBefore - std::chrono::days(1), year.notAfter + std::chrono::days(1)}, root, rootKey);
  EXPECT_EQ(order(signer), (Names{"Subject Key Identifier", "Basic Constraints!", "Key Usage!",
                                  "Subject Alternative Name", "Authority Key Identifier"}));
  EXPECT_EQ(signer.pathLength(), 0);
  EXPECT_TRUE(holds(extensionsOf(signer), usage));
  EXPECT_EQ(signer.dnsNames(), (Names{"istiod.istio-system.svc", "istiod.east.svc"}));
  EXPECT_EQ(signer.notBefore(), root.notBefore());  // cut to the root's
  EXPECT_EQ(signer.notAfter(), root.notAfter());
  EXPECT_EQ(signer.keyDescription(), "EC P-384");
  EXPECT_NE(signer.serial(), root.serial());

  const auto leaf = *pki::makeWorkload(key, "spiffe://cluster.local/ns/a/sa/b", year, signer, key);
  EXPECT_EQ(leaf.signatureAlgorithm(), "ecdsa-with-SHA384");
  EXPECT_EQ(leaf.subject(), "");
  EXPECT_EQ(order(leaf), (Names{"Key Usage!", "Extended Key Usage", "Basic Constraints!",
                                "Subject Alternative Name!", "Authority Key Identifier"}));
  EXPECT_EQ(leaf.uris(), Names{"spiffe://cluster.local/ns/a/sa/b"});
  EXPECT_FALSE(leaf.isCa());
  EXPECT_FALSE(pki::whyNotTrusted(leaf, {signer}, {root}, now, pki::Purpose::tlsServerAndClient));
  const auto server = *pki::makeServer(key, {"istiod.istio-system.svc"}, year, signer, key);
  EXPECT_EQ(server.dnsNames(), Names{"istiod.istio-system.svc"});
  EXPECT_FALSE(pki::whyNotTrusted(server, {signer}, {root}, now, pki::Purpose::tlsServer));
}

TEST(Issue, RefusesWhatCannotWork) {
  const auto key = craft::key(), other = craft::key();
  const auto root = *pki::makeRoot(key, {{"CN", "R"}}, year);
  const auto signer = *pki::makeIntermediate(key, {{"CN", "I"}}, {}, year, root, key);
  const auto server = *pki::makeServer(key, {"a"}, year, signer, key);
  const pki::Validity later{year.notAfter + std::chrono::days(1), year.notAfter + std::chrono::days(2)};
  struct Case {
    const char* what;
    base::Result<pki::Certificate> result;
    std::string message;
  };
  for (const auto& one : std::vector<Case>{
           {"another key", pki::makeIntermediate(key, {{"CN", "I"}}, {}, year, root, other),
            "does not belong to CN = R"},
           {"no CA", pki::makeIntermediate(key, {{"CN", "I"}}, {}, year, server, key), "must not sign"},
           {"path length", pki::makeIntermediate(key, {{"CN", "I"}}, {}, year, signer, key),
            "must not sign another CA"},
           {"dates", pki::makeIntermediate(key, {{"CN", "I"}}, {}, later, root, key), "valid then"},
           {"DNS name", pki::makeIntermediate(key, {{"CN", "I"}}, {"a,URI:spiffe://x"}, year, root, key),
            "DNS name"},
           {"attribute", pki::makeRoot(key, {{"XX", "I"}}, year), "subject"},
           {"long value", pki::makeRoot(key, {{"CN", std::string(65, 'x')}}, year), "subject"},
           {"not UTF-8", pki::makeRoot(key, {{"CN", "\xff\xfe"}}, year), "subject"},
           {"no URI", pki::makeWorkload(key, "cluster.local", year, signer, key), "URI"},
       }) {
    ASSERT_FALSE(one.result) << one.what;
    EXPECT_TRUE(holds(one.result.error().message, one.message)) << one.result.error().message;
    EXPECT_EQ(one.result.error().kind, base::Kind::usage) << one.what;
  }
}

TEST(Issue, MakesARequestWithTheExtensions) {
  const auto csr = pki::makeCsr(craft::key(), {{"O", "Istio"}, {"CN", "I"}}, {"istiod.istio-system.svc"});
  ASSERT_TRUE(csr);
  EXPECT_TRUE(csr->starts_with("-----BEGIN CERTIFICATE REQUEST-----\n"));
  EXPECT_TRUE(csr->ends_with("-----END CERTIFICATE REQUEST-----\n"));
}

TEST(Issue, ABareRequestAsksForNothingButTheKey) {
  const auto key = craft::key();
  const auto csr = pki::makeBareCsr(key);
  ASSERT_TRUE(csr);
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(csr->data(), static_cast<int>(csr->size())), BIO_free);
  const std::unique_ptr<X509_REQ, decltype(&X509_REQ_free)> request(
      PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr), X509_REQ_free);
  ASSERT_TRUE(request);
  EXPECT_EQ(X509_NAME_entry_count(X509_REQ_get_subject_name(request.get())), 0);
  EXPECT_EQ(X509_REQ_get_attr_count(request.get()), 0);
  EXPECT_EQ(X509_REQ_verify(request.get(), key.native()), 1);
}

TEST(Issue, ReadsNamesAsPeopleWriteThem) {
  struct Case {
    std::string text;
    pki::Name name;  // empty: an error
  };
  for (const auto& [text, name] : std::vector<Case>{
           {"O=Istio,CN=Root CA", {{"O", "Istio"}, {"CN", "Root CA"}}},
           {" O = Istio , CN = Root CA ", {{"O", "Istio"}, {"CN", "Root CA"}}},
           {"/O=Istio/CN=Root CA", {{"O", "Istio"}, {"CN", "Root CA"}}},
           {R"(O=A\, B\\C,CN=x=y)", {{"O", R"(A, B\C)"}, {"CN", "x=y"}}},
           {R"(/O=A\/B)", {{"O", "A/B"}}},
           {"CN=Gärtnerei", {{"CN", "Gärtnerei"}}},
           {"C=DE", {{"C", "DE"}}},
           {"", {}},
           {"/", {}},
           {"Root CA", {}},
           {"CN=", {}},
           {"O=a,,CN=b", {}},
           {"cn=a", {}},
           {"C=Germany", {}},
       }) {
    const auto parsed = pki::parseName(text);
    EXPECT_EQ(parsed.has_value(), !name.empty()) << text;
    if (parsed) {
      EXPECT_EQ(*parsed, name) << text;
    } else {
      EXPECT_NE(parsed.error().hint, "") << text;
    }
  }
}

TEST(Key, RoundTripsAndKeepsItsSecret) {
  const auto key = *PrivateKey::generate(KeyType::rsa2048);
  const auto root = *pki::makeRoot(key, {{"CN", "R"}}, year);
  EXPECT_EQ(key.description(), "RSA 2048");
  EXPECT_TRUE(key.matches(root));
  EXPECT_FALSE(craft::key().matches(root));
  const base::Secret passphrase(std::string("sesame"));
  const auto plain = *key.pem(), encrypted = *key.pem(passphrase);
  EXPECT_TRUE(plain.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
  EXPECT_TRUE(encrypted.reveal().starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
  EXPECT_EQ(PrivateKey::fromPem(plain, "k")->fingerprint(), key.fingerprint());
  EXPECT_EQ(PrivateKey::fromPem(encrypted, "k", passphrase)->fingerprint(), key.fingerprint());

  struct Case {
    base::Secret pem, passphrase;
    std::string message;
  };
  for (const auto& one : std::vector<Case>{
           {encrypted, {}, "k: the private key is encrypted"},
           {encrypted, base::Secret(std::string("wrong")), "k: cannot decrypt the private key"},
           {base::Secret(std::string(plain.reveal().substr(0, 400))), {}, "k: cannot read the private key"},
           {base::Secret(root.pem()), {}, "k: not a private key"},
           {base::Secret(std::string()), {}, "k: not a private key"},
       }) {
    const auto parsed = PrivateKey::fromPem(one.pem, "k", one.passphrase);
    ASSERT_FALSE(parsed) << one.message;
    const auto& error = parsed.error();
    EXPECT_EQ(error.message, one.message);
    EXPECT_EQ(error.kind, base::Kind::usage);
    EXPECT_NE(error.hint, "");
    EXPECT_FALSE(
        holds(error.message + error.reason + error.hint, std::string(plain.reveal().substr(60, 12))));
  }
}

TEST(Key, ReadsTheNamesOfTypes) {
  EXPECT_EQ(*pki::parseKeyType("rsa2048"), KeyType::rsa2048);
  EXPECT_EQ(*pki::parseKeyType("RSA-3072"), KeyType::rsa3072);
  EXPECT_EQ(*pki::parseKeyType("rsa_4096"), KeyType::rsa4096);
  EXPECT_EQ(*pki::parseKeyType("P-256"), KeyType::ecP256);
  EXPECT_EQ(*pki::parseKeyType("ec-p384"), KeyType::ecP384);
  for (const char* wrong : {"", "rsa", "rsa1024", "p521", "ed25519"}) {
    const auto parsed = pki::parseKeyType(wrong);
    ASSERT_FALSE(parsed) << wrong;
    EXPECT_EQ(parsed.error().kind, base::Kind::usage);
  }
}

}  // namespace
