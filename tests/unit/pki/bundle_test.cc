#include "pki/bundle.h"

#include <gtest/gtest.h>

#include <set>

#include "pki/pem.h"
#include "unit/pki/craft.h"

namespace {

using craft::crlf;
using craft::cut;

std::set<std::string> prints(const std::vector<pki::Certificate>& certificates) {
  std::set<std::string> all;
  for (const auto& certificate : certificates) all.insert(certificate.fingerprint());
  return all;
}

class Bundle : public testing::Test {
 protected:
  const pki::Certificate old_ = craft::root("O"), new_ = craft::root("N"), third_ = craft::root("X");
  const std::string O = old_.pem(), N = new_.pem(), X = third_.pem();
};

TEST_F(Bundle, AppendsARootAndKeepsTheBytes) {
  struct Case {
    const char* what;
    std::string bundle, result;
  };
  for (const auto& [what, bundle, result] : std::vector<Case>{
           {"one", O, O + N},
           {"no last newline", cut(O), O + N},
           {"the same again", O + N, O + N + N},
           {"CRLF stays", crlf(O), crlf(O) + N},
           {"comments stay", "# old\n" + O + "# end", "# old\n" + O + "# end\n" + N},
           {"nothing yet", "", N},
       }) {
    const auto appended = pki::appendRoot(bundle, new_);
    ASSERT_TRUE(appended) << what;
    EXPECT_EQ(*appended, result) << what;
  }
  EXPECT_FALSE(pki::appendRoot(cut(O) + O, new_));  // glued
  EXPECT_FALSE(pki::appendRoot(O.substr(0, 100), new_));
}

TEST_F(Bundle, GetsToTheFinalRootsByBytesThatContainEachOther) {
  struct Case {
    const char* what;
    std::string current;
    std::vector<pki::Certificate> wanted;
    std::vector<std::string> path;
  };
  const std::vector<Case> cases{
      {"cut the old one off", O + N, {new_}, {N}},
      {"cut with the trigger", O + N + N, {new_}, {N}},
      {"cut from the front", N + O, {new_}, {N}},
      {"cut from the middle", O + N + X, {new_}, {N}},
      {"two that stand together", O + N + X, {third_, new_}, {N + X}},
      {"two that do not", N + O + X, {new_, third_}, {N + O + X + N + X, N + X}},
      {"another one", O, {new_}, {O + N, N}},
      {"another one, no last newline", cut(O), {new_}, {O + N, N}},
      {"no last newline at the cut", O + cut(N), {new_}, {O + N, N}},
      {"CRLF in the cut", crlf(O + N), {new_}, {crlf(N)}},
      {"comments between go or stay with the cut",
       "# o\n" + O + "# n\n" + N + "# x\n" + X,
       {new_, third_},
       {N + "# x\n" + X}},
      {"there already", N, {new_}, {}},
      {"there already, twice", N + N, {new_}, {}},
      {"one more", O, {old_, new_}, {O + O + N, O + N}},
  };
  for (const auto& one : cases) {
    const auto path = pki::bundlePath(one.current, one.wanted);
    ASSERT_TRUE(path) << one.what;
    EXPECT_EQ(*path, one.path) << one.what;
    std::string before = one.current;
    for (const auto& step : *path) {
      EXPECT_TRUE(before.find(step) != std::string::npos || step.find(before) != std::string::npos)
          << one.what;
      before = step;
    }
    EXPECT_EQ(prints(*pki::parseCertificates(before, "F")), prints(one.wanted)) << one.what;
    EXPECT_TRUE(before.ends_with('\n')) << one.what;
  }
}

TEST_F(Bundle, RefusesBundlesThatAreNotStrictOrWouldBeEmpty) {
  EXPECT_FALSE(pki::bundlePath(cut(O) + N, {new_}));
  EXPECT_FALSE(pki::bundlePath("", {new_}));
  EXPECT_FALSE(pki::bundlePath(O, {}));
}

}  // namespace
