#include "pki/verify.h"

#include <gtest/gtest.h>

#include "pki/issue.h"
#include "unit/pki/craft.h"

namespace {

using pki::Purpose;
using Certificates = std::vector<pki::Certificate>;

using craft::now;
const pki::Validity usual{now - std::chrono::days(1), now + std::chrono::days(10)};

craft::Ca ca(const std::string& cn, const craft::Ca* issuer,
             craft::Extensions extensions = craft::caExtensions(), pki::Validity validity = usual) {
  return craft::make({{{"CN", cn}}, std::move(extensions), validity}, issuer);
}

pki::Certificate leaf(const craft::Ca& issuer) {
  return *pki::makeWorkload(craft::key(), "spiffe://cluster.local/ns/a/sa/b", usual, issuer.certificate,
                            issuer.key);
}

/// Empty if trusted, else the reason.
std::string why(const pki::Certificate& certificate, const Certificates& untrusted, const Certificates& roots,
                base::Time at = now, Purpose purpose = Purpose::tlsServerAndClient) {
  return pki::whyNotTrusted(certificate, untrusted, roots, at, purpose).value_or("");
}

TEST(Verify, TrustsByTheRootsGivenAlone) {
  const auto root = ca("R", nullptr), other = ca("Q", nullptr), middle = ca("M", &root);
  const auto one = leaf(middle);
  const Certificates chain{middle.certificate};
  EXPECT_EQ(why(one, chain, {root.certificate}), "");
  EXPECT_EQ(why(one, chain, {other.certificate, root.certificate}), "");
  EXPECT_EQ(why(one, chain, {root.certificate, root.certificate}), "");
  EXPECT_EQ(why(one, {middle.certificate, root.certificate, other.certificate}, {root.certificate}), "");
  const auto refused = why(one, chain, {other.certificate});
  EXPECT_TRUE(craft::holds(refused, "unable to get")) << refused;
  EXPECT_TRUE(craft::holds(refused, "depth 1, CN = M")) << refused;
  EXPECT_TRUE(craft::holds(refused, "CN = R")) << refused;
  EXPECT_TRUE(craft::holds(why(one, {}, {root.certificate}), "spiffe://cluster.local/ns/a/sa/b"));
  EXPECT_NE(why(one, chain, {}), "");
  EXPECT_NE(why(one, {middle.certificate, root.certificate}, {other.certificate}), "");
  // An intermediate is no anchor here, and one for whyNotIssuedBy.
  EXPECT_NE(why(one, {}, {middle.certificate}), "");
  EXPECT_FALSE(pki::whyNotIssuedBy(one, {}, middle.certificate, now));
  EXPECT_FALSE(pki::whyNotIssuedBy(one, chain, root.certificate, now));
  EXPECT_TRUE(pki::whyNotIssuedBy(one, chain, other.certificate, now));
}

TEST(Verify, ComparesSignaturesAndNotNames) {
  const craft::Extensions plain{{"basicConstraints", "critical,CA:TRUE"}};
  const auto root = ca("Same", nullptr, plain), twin = ca("Same", nullptr, plain);
  EXPECT_EQ(why(leaf(root), {}, {root.certificate}), "");
  const auto refused = why(leaf(root), {}, {twin.certificate});
  EXPECT_TRUE(craft::holds(refused, "signature failure")) << refused;
}

TEST(Verify, LooksAtDatesAtTheTimeAsked) {
  const pki::Validity brief{now - std::chrono::hours(1), now + std::chrono::hours(1)};
  const auto root = ca("R", nullptr), middle = ca("M", &root, craft::caExtensions(), brief);
  const auto one = leaf(middle);
  const auto at = [&](base::Time time) { return why(one, {middle.certificate}, {root.certificate}, time); };
  // In this order, so that what is remembered is asked at other times too.
  EXPECT_EQ(at(now), "");
  EXPECT_TRUE(craft::holds(at(now + std::chrono::hours(2)), "expired")) << at(now + std::chrono::hours(2));
  EXPECT_TRUE(craft::holds(at(now - std::chrono::hours(2)), "not yet valid"));
  EXPECT_EQ(at(now + std::chrono::minutes(59)), "");
  EXPECT_EQ(at(now - std::chrono::minutes(59)), "");
  EXPECT_TRUE(craft::holds(at(now + std::chrono::minutes(61)), "expired"));
  EXPECT_TRUE(craft::holds(at(now + std::chrono::days(20)), "expired"));
}

TEST(Verify, LooksAtPurposes) {
  const auto limited = [](const std::string& usage) {
    auto extensions = craft::caExtensions();
    extensions.emplace_back("extendedKeyUsage", usage);
    return extensions;
  };
  struct Case {
    std::string usage;
    bool any, server, both;
  };
  for (const auto& one : std::vector<Case>{{"serverAuth", true, true, false},
                                           {"clientAuth", true, false, false},
                                           {"serverAuth,clientAuth", true, true, true},
                                           {"emailProtection", true, false, false}}) {
    const auto root = ca("R", nullptr), middle = ca("M", &root, limited(one.usage));
    const auto check = [&](Purpose purpose) {
      return why(leaf(middle), {middle.certificate}, {root.certificate}, now, purpose) == "";
    };
    EXPECT_EQ(check(Purpose::any), one.any) << one.usage;
    EXPECT_EQ(check(Purpose::tlsServer), one.server) << one.usage;
    EXPECT_EQ(check(Purpose::tlsServerAndClient), one.both) << one.usage;
  }
}

TEST(Verify, RefusesPathsThatAreTooLongOrWithoutCas) {
  const auto tight = ca("T", nullptr, craft::caExtensions("critical,CA:TRUE,pathlen:0"));
  const auto below = ca("B", &tight);
  EXPECT_TRUE(craft::holds(why(leaf(below), {below.certificate}, {tight.certificate}), "path length"));
  const auto root = ca("R", nullptr), server = ca("S", &root, {{"basicConstraints", "CA:FALSE"}});
  const auto forged = craft::make({{{"CN", "F"}}, {}, usual}, &server);
  EXPECT_TRUE(craft::holds(why(forged.certificate, {server.certificate}, {root.certificate}), "CA"));
}

TEST(Verify, TakesWeakOnesAsEnvoyDoes) {
  craft::Recipe recipe{{{"CN", "R"}}, craft::caExtensions(), usual};
  const auto root = craft::make(recipe, nullptr, "RSA:1024");
  EXPECT_EQ(why(leaf(root), {}, {root.certificate}), "");
}

}  // namespace
