#include "pki/certificate.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "pki/issue.h"
#include "pki/key.h"
#include "unit/pki/craft.h"

namespace {

using pki::Certificate;

using craft::now;
using craft::year;

std::string dataFile(const std::string& name) {
  return std::string(ICA_TEST_DATA) + "/pki/" + name;
}

Certificate fromData(const std::string& name) {
  const auto certificate = Certificate::fromPem(*base::readFile(dataFile(name)));
  EXPECT_TRUE(certificate) << name;
  return *certificate;
}

struct Pair {
  craft::Ca root, signer;
};

Pair makePair(pki::KeyType type) {
  const auto rootKey = *pki::PrivateKey::generate(type);
  const auto root = *pki::makeRoot(rootKey, {{"O", "Istio"}, {"CN", "Root CA"}}, year);
  const auto key = *pki::PrivateKey::generate(type);
  const auto signer = *pki::makeIntermediate(key, {{"O", "Istio"}, {"CN", "Intermediate CA"}, {"L", "a"}},
                                             {"istiod.istio-system.svc"}, year, root, rootKey);
  return {{root, rootKey}, {signer, key}};
}

/// What the openssl command prints for it.
std::string printedByOpenssl(const Certificate& certificate) {
  const auto file = std::filesystem::temp_directory_path() / ("ica-" + certificate.fingerprint() + ".pem");
  std::filesystem::remove(file);
  EXPECT_TRUE(base::writeNewFile(file, certificate.pem()));
  const auto output = base::run({.argv = {"openssl", "x509", "-noout", "-text", "-in", file.string()}},
                                std::chrono::seconds(30));
  std::filesystem::remove(file);
  EXPECT_TRUE(output && output->exitStatus == 0) << "the openssl command is needed for this test";
  return output ? std::string(output->out.reveal()) : "";
}

TEST(Certificate, TextIsWhatTheOpensslCommandPrints) {
  const auto rsa = makePair(pki::KeyType::rsa2048);
  const auto ec = makePair(pki::KeyType::ecP384);
  const auto leaf = pki::makeWorkload(*pki::PrivateKey::generate(pki::KeyType::ecP256),
                                      "spiffe://cluster.local/ns/shop/sa/default", year,
                                      ec.signer.certificate, ec.signer.key);
  ASSERT_TRUE(leaf);
  for (const Certificate& certificate :
       {rsa.root.certificate, rsa.signer.certificate, ec.root.certificate, ec.signer.certificate, *leaf,
        fromData("unusual.pem"), fromData("ed25519-empty-name.pem"), fromData("rsa-pss.pem"),
        fromData("explicit-curve.pem")}) {
    EXPECT_EQ(certificate.text(), printedByOpenssl(certificate)) << certificate.subject();
  }
}

TEST(Certificate, ReadsAnUnusualOne) {
  const auto certificate = fromData("unusual.pem");
  EXPECT_EQ(certificate.subject(),
            R"(C = DE, OU = "Zertifikate; <eins>" + O = "G\C3\A4rtnerei Gr\C3\BCn, Wei\C3\9F + S\C3\B6hne", )"
            R"(CN = "#f\C3\BChrend=zeichen\\", 2.3.4.5 = unbekannt, emailAddress = pki@example.com)");
  EXPECT_EQ(certificate.issuer(), certificate.subject());
  EXPECT_EQ(certificate.serial(), "-0000000000000000000000000000081");  // as Go's %032x
  EXPECT_EQ(base::formatTime(certificate.notBefore()), "2026-11-24T01:30:24Z");
  EXPECT_EQ(base::formatTime(certificate.notAfter()), "2126-10-31T01:30:24Z");
  EXPECT_EQ(certificate.uris(), std::vector<std::string>{"spiffe://cluster.local/ns/a/sa/b"});
  EXPECT_EQ(certificate.dnsNames(), std::vector<std::string>{"a.example"});
  EXPECT_FALSE(certificate.isCa());
  EXPECT_FALSE(certificate.maySign());
  EXPECT_EQ(certificate.pathLength(), std::nullopt);
  EXPECT_EQ(certificate.keyDescription(), "EC P-384");
  EXPECT_EQ(certificate.signatureAlgorithm(), "ecdsa-with-SHA256");
}

TEST(Certificate, DescribesKeysAndSignatures) {
  const auto pss = fromData("rsa-pss.pem");
  EXPECT_EQ(pss.keyDescription(), "RSA-PSS");
  EXPECT_EQ(pss.signatureAlgorithm(), "RSASSA-PSS");
  EXPECT_FALSE(pss.weakDigest());
  EXPECT_TRUE(pss.selfSigned());
  const auto empty = fromData("ed25519-empty-name.pem");
  EXPECT_EQ(empty.keyDescription(), "ED25519");
  EXPECT_EQ(empty.subject(), "");
  EXPECT_EQ(empty.serial(), "00000000000000000000000000000000");
  EXPECT_EQ(fromData("explicit-curve.pem").keyDescription().substr(0, 3), "EC ");
  craft::Recipe recipe{{{"CN", "weak"}}, craft::caExtensions(), year};
  recipe.digest = "SHA1";
  const auto weak = craft::make(recipe).certificate;
  EXPECT_TRUE(weak.weakDigest());
  EXPECT_EQ(weak.signatureAlgorithm(), "ecdsa-with-SHA1");
}

TEST(Certificate, RoundTripsAndRefusesWhatIsNotExactlyOne) {
  const auto certificate = fromData("unusual.pem");
  EXPECT_EQ(*Certificate::fromDer(certificate.der()), certificate);
  EXPECT_EQ(certificate.fingerprint(), base::sha256Hex(certificate.der()));
  EXPECT_EQ(*Certificate::fromPem(certificate.pem()), certificate);
  EXPECT_EQ(certificate.pem(), *base::readFile(dataFile("unusual.pem")));

  std::string indefinite = certificate.der();  // BER's spelling of the outer length
  indefinite[1] = '\x80';
  indefinite.erase(2, 2);
  indefinite += std::string(2, '\0');
  for (const std::string& der : {std::string(), std::string("x"), certificate.der() + "x", indefinite,
                                 certificate.der().substr(0, 100), std::string(100, '\x30')}) {
    const auto parsed = Certificate::fromDer(der);
    ASSERT_FALSE(parsed) << der.size();
    EXPECT_EQ(parsed.error().kind, base::Kind::usage);
    EXPECT_NE(parsed.error().reason, "");
  }
  EXPECT_FALSE(Certificate::fromPem(certificate.pem() + certificate.pem()));
  EXPECT_FALSE(Certificate::fromPem("no PEM"));
}

TEST(Certificate, IsParsedOnceWhileSomebodyHoldsIt) {
  const auto ca = makePair(pki::KeyType::ecP256).signer;
  std::vector<Certificate> held;
  for (int i = 0; i < 530; ++i) {  // with those let go, enough for what is gone to be swept out
    const auto made =
        *pki::makeWorkload(ca.key, "spiffe://a/" + std::to_string(i), year, ca.certificate, ca.key);
    const auto gone =
        *pki::makeWorkload(ca.key, "spiffe://b/" + std::to_string(i), year, ca.certificate, ca.key);
    held.push_back(made);
    ASSERT_EQ(Certificate::fromDer(gone.der())->native(), gone.native());
  }
  for (const Certificate& one : held) {
    const std::string der = one.der();
    EXPECT_EQ(Certificate::fromDer(der)->native(), one.native());
  }
  const std::string der = held.back().der();
  const auto uris = held.back().uris();
  held.clear();
  EXPECT_EQ(Certificate::fromDer(der)->uris(), uris);  // parsed anew
}

TEST(Certificate, KnowsWhoSignedIt) {
  const auto one = makePair(pki::KeyType::ecP256);
  const auto other = makePair(pki::KeyType::ecP256);  // the same names, other keys
  EXPECT_TRUE(one.root.certificate.selfSigned());
  EXPECT_FALSE(one.signer.certificate.selfSigned());
  EXPECT_TRUE(one.signer.certificate.signedBy(one.root.certificate));
  EXPECT_FALSE(one.signer.certificate.signedBy(other.root.certificate));
  EXPECT_FALSE(one.signer.certificate.signedBy(one.signer.certificate));
  EXPECT_EQ(one.root.key.fingerprint(), one.root.certificate.keyFingerprint());
  EXPECT_NE(one.root.key.fingerprint(), other.root.certificate.keyFingerprint());
}

}  // namespace
