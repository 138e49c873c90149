#include "trust/verdict.h"

#include <gtest/gtest.h>

#include "support/tiny_mesh.h"
#include "trust/judge.h"

namespace {

using support::TestCa;
using trust::Verdict;

const TestCa& oldCa() {
  static const auto ca = TestCa::selfSigned("cluster.local");
  return ca;
}
const TestCa& newCa() {
  static const auto ca = TestCa::withIntermediate("new");
  return ca;
}

/// One proxy: whose certificate it presents (o or n) and whose roots it trusts ("o", "n", "on").
struct Holds {
  char leaf;
  const char* roots;
};

trust::Proxy proxy(const std::string& pod, Holds holds) {
  trust::Proxy made;
  made.ns = "shop";
  made.pod = pod;
  made.uid = pod;
  made.running = true;
  trust::Certificates roots;
  for (const char* root = holds.roots; *root; ++root)
    roots.push_back(*root == 'o' ? oldCa().root : newCa().root);
  made.secrets = trust::ProxySecrets{(holds.leaf == 'o' ? oldCa() : newCa()).issue(pod), roots};
  return made;
}

struct VerdictCase {
  const char* name;
  std::vector<Holds> proxies;
  Verdict::Kind kind;
  std::size_t broken;
};

class VerdictTest : public testing::TestWithParam<VerdictCase> {};

TEST_P(VerdictTest, IsThatOfAllOrderedPairs) {
  trust::Observation mesh;
  mesh.takenAt = support::start;
  int number = 0;
  for (const auto& holds : GetParam().proxies)
    mesh.proxies.push_back(proxy("p" + std::to_string(number++), holds));
  const auto verdict = trust::verdict(mesh);
  EXPECT_EQ(verdict.kind, GetParam().kind);
  EXPECT_EQ(verdict.broken, GetParam().broken);
  const auto count = GetParam().proxies.size();
  EXPECT_EQ(verdict.pairs, count * (count - 1));
}

INSTANTIATE_TEST_SUITE_P(
    Meshes, VerdictTest,
    testing::Values(
        VerdictCase{"BeforeAnything", {{'o', "o"}, {'o', "o"}, {'o', "o"}}, Verdict::Kind::safe, 0},
        VerdictCase{"BothRoots", {{'o', "on"}, {'o', "on"}}, Verdict::Kind::safe, 0},
        VerdictCase{
            "InTheMiddleOfTheLeaves", {{'o', "on"}, {'n', "on"}, {'n', "on"}}, Verdict::Kind::safe, 0},
        VerdictCase{
            "OneWithoutTheNewRoot", {{'o', "o"}, {'n', "on"}, {'n', "on"}}, Verdict::Kind::willBreak, 2},
        VerdictCase{
            "OldRootRemovedTooEarly", {{'o', "on"}, {'n', "n"}, {'n', "n"}}, Verdict::Kind::willBreak, 2},
        VerdictCase{"TwoMeshes", {{'o', "o"}, {'n', "n"}}, Verdict::Kind::willBreak, 2},
        VerdictCase{"NobodyThere", {}, Verdict::Kind::safe, 0}),
    [](const auto& test) { return test.param.name; });

TEST(VerdictTest, NamesWhoIsRefusedByWhom) {
  trust::Observation mesh;
  mesh.takenAt = support::start;
  mesh.proxies = {proxy("old", {'o', "o"}), proxy("new", {'n', "on"})};
  const auto verdict = trust::verdict(mesh);
  ASSERT_EQ(verdict.breaks.size(), 1U);
  EXPECT_EQ(verdict.breaks[0].presenters, std::vector<std::string>{"shop/new"});
  EXPECT_EQ(verdict.breaks[0].verifiers, std::vector<std::string>{"shop/old"});
  EXPECT_EQ(verdict.breaks[0].trusted, trust::Certificates{oldCa().root});
  EXPECT_FALSE(verdict.breaks[0].reason.empty());
}

TEST(VerdictTest, WhatCannotBeReadIsUnprovenAndABreakCountsMore) {
  trust::Observation mesh;
  mesh.takenAt = support::start;
  mesh.proxies = {proxy("a", {'o', "o"}), proxy("b", {'o', "o"})};
  mesh.proxies[1].secrets = tl::unexpected(trust::Unreadable{"no answer"});
  auto verdict = trust::verdict(mesh);
  EXPECT_EQ(verdict.kind, Verdict::Kind::unproven);
  ASSERT_EQ(verdict.unproven.size(), 1U);
  EXPECT_EQ(verdict.unproven[0].subject, "shop/b");
  mesh.proxies.push_back(proxy("c", {'n', "n"}));
  EXPECT_EQ(trust::verdict(mesh).kind, Verdict::Kind::willBreak);
}

TEST(VerdictTest, APodThatDoesNotRunYetBlocksNothing) {
  trust::Observation mesh;
  mesh.takenAt = support::start;
  mesh.proxies = {proxy("a", {'o', "o"}), proxy("pending", {'o', "o"})};
  mesh.proxies[1].running = false;
  mesh.proxies[1].secrets = tl::unexpected(trust::Unreadable{"not started"});
  EXPECT_EQ(trust::verdict(mesh).kind, Verdict::Kind::safe);
}

TEST(VerdictTest, TheRootsOfASameNameAreNotTheSame) {
  const auto twin = TestCa::selfSigned("cluster.local");  // equal subject, another key
  trust::Observation mesh;
  mesh.takenAt = support::start;
  mesh.proxies = {proxy("a", {'o', "o"}), proxy("b", {'o', "o"})};
  mesh.proxies[1].secrets->roots = {twin.root};
  EXPECT_EQ(trust::verdict(mesh).broken, 1U);
}

TEST(VerdictTest, AnExpiredCertificateBreaks) {
  trust::Observation mesh;
  mesh.takenAt = support::start + base::Seconds{11LL * 365 * 86400};
  mesh.proxies = {proxy("a", {'o', "o"}), proxy("b", {'o', "o"})};
  EXPECT_EQ(trust::verdict(mesh).broken, 2U);
}

TEST(VerdictTest, AnotherTrustDomainBreaks) {
  trust::Observation mesh;
  mesh.takenAt = support::start;
  mesh.installation.trustDomain = "example.org";
  mesh.proxies = {proxy("a", {'o', "o"}), proxy("b", {'o', "o"})};
  EXPECT_EQ(trust::verdict(mesh).kind, Verdict::Kind::willBreak);
}

}  // namespace
