#include "rotate/restart.h"

#include <algorithm>

#include "setting.h"

namespace {

using namespace rotate_test;

constexpr base::Millis minute{60'000};

TEST(RestartTest, AnIstiodIsRestartedAndAwaited) {
  Setting at;
  ASSERT_TRUE(at.run(at.options(Stage::bothRoots)));
  const auto before = at.mesh.writes.size();
  const auto done = rotate::restartIstiods(at.world, at.clock, at.progress, minute);
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(at.mesh.writes.size(), before + 1);
  EXPECT_EQ(at.mesh.writes.back(), "restart istiod");
}

/// A start is a load of the CA secret as it is now: it has to be one that everyone accepts.
TEST(RestartTest, NoIstiodStartsIntoWhatNobodyAccepts) {
  struct Case {
    const char* says;
    void (*spoil)(TinyMesh&);
  };
  for (const auto& [says, spoil] :
       {Case{"is gone", [](TinyMesh& mesh) { mesh.state().cacerts->reset(); }},
        Case{"does not belong to", [](TinyMesh& mesh) { (**mesh.state().cacerts).keyFingerprint = "x"; }},
        Case{"trusts only", [](TinyMesh& mesh) {
               auto& secret = **mesh.state().cacerts;  // a signer that nobody knows of
               const auto other = TestCa::selfSigned("other");
               secret.caCert = secret.certChain = secret.rootCert = other.caCert;
               secret.keyFingerprint = other.key.fingerprint();
             }}}) {
    Setting at;
    ASSERT_TRUE(at.run(at.options(Stage::bothRoots)));
    spoil(at.mesh);
    const auto before = at.mesh.writes;
    const auto done = rotate::restartIstiods(at.world, at.clock, at.progress, minute);
    ASSERT_FALSE(done) << says;
    EXPECT_EQ(done.error().kind, base::Kind::gate);
    EXPECT_NE(done.error().reason.find(says), std::string::npos) << done.error().reason;
    EXPECT_EQ(at.mesh.writes, before);
  }
}

TEST(RestartTest, WorkloadsAreRestartedOnceWhereTheyNeedIt) {
  Setting at;
  auto options = at.options(Stage::multiRoot);
  options.goal.restartWorkloads = false;
  EXPECT_FALSE(at.run(options));  // the setting is on, the pods are from before
  ASSERT_TRUE(rotate::restartWorkloads(at.world, at.clock, at.progress, minute));
  EXPECT_EQ(std::count(at.mesh.writes.begin(), at.mesh.writes.end(), "restart workloads"), 1);
  ASSERT_TRUE(rotate::restartWorkloads(at.world, at.clock, at.progress, minute));
  EXPECT_EQ(at.progress.notes.back(), "no proxy needs a restart");
}

}  // namespace
