#include "pki/ca_check.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "unit/pki/ca_cases.h"
#include "unit/pki/craft.h"

namespace {

using Severity = pki::CaFinding::Severity;

using craft::now;

const std::vector<craft::CaCase>& table() {
  static const auto cases = craft::caCases(now);
  return cases;
}

std::string codes(const pki::CheckedCa& ca, Severity severity) {
  std::vector<std::string> found;
  for (const auto& finding : ca.findings) {
    if (finding.severity == severity) found.push_back(finding.code);
  }
  return base::join(found, " ");
}

std::string texts(const pki::CheckedCa& ca) {
  std::string all;
  for (const auto& finding : ca.findings) all += finding.message + " | " + finding.hint + "\n";
  return all;
}

TEST(CheckCa, FindsWhatIsWrongWithEachOfTheTable) {
  for (const auto& expected : table()) {
    const auto ca = pki::checkCa(expected.files, now);
    EXPECT_EQ(codes(ca, Severity::error), base::join(expected.errors, " ")) << expected.name << "\n"
                                                                            << texts(ca);
    EXPECT_EQ(codes(ca, Severity::warning), base::join(expected.warnings, " ")) << expected.name << "\n"
                                                                                << texts(ca);
    EXPECT_EQ(ca.usable(), expected.errors.empty()) << expected.name;
    for (const auto& finding : ca.findings) {
      EXPECT_FALSE(finding.message.empty()) << expected.name;
      EXPECT_FALSE(finding.hint.empty()) << expected.name << ": " << finding.message;
      EXPECT_EQ(finding.message.find('\n'), std::string::npos) << finding.message;
    }
  }
}

TEST(CheckCa, GivesTheParsedChainAndRoots) {
  const auto& cases = table();
  const auto ca = pki::checkCa(cases.front().files, now);
  ASSERT_EQ(ca.chain.size(), 2U);
  ASSERT_EQ(ca.roots.size(), 1U);
  EXPECT_EQ(ca.chain[0].subject(), "O = Craft, CN = CA");
  EXPECT_EQ(ca.chain[1], ca.roots[0]);
}

TEST(CheckCa, HoldsTheTrialLeafToTheTrustDomainGiven) {
  for (const auto& one : table()) {
    if (one.name != "good-name-constraints") continue;
    EXPECT_TRUE(pki::checkCa(one.files, now, "cluster.local").usable());
    EXPECT_EQ(codes(pki::checkCa(one.files, now, "other.example"), Severity::error), "leaf-not-trusted");
  }
}

TEST(CheckCa, NeverShowsKeyMaterial) {
  for (const auto& one : table()) {
    const std::string key(one.files.caKey.reveal());
    const auto said = texts(pki::checkCa(one.files, now));
    if (key.size() < 100) continue;
    EXPECT_EQ(said.find(key.substr(40, 20)), std::string::npos) << one.name;
  }
}

}  // namespace
