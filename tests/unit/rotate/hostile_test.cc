#include <algorithm>

#include "setting.h"
#include "support/readings.h"

// What happens between two reads, and what cannot be read: no step is taken on the strength of it.
namespace {

using namespace rotate_test;

TEST(HostileTest, FromEveryStageTheWayBackEndsWithTheOldCaAlone) {
  for (const auto stage : {Stage::multiRoot, Stage::bothRoots, Stage::newSigner, Stage::newLeaves,
                           Stage::oldRootRemoved, Stage::done}) {
    Setting at;
    auto& own = at.mesh;
    auto forward = at.options(stage);
    ASSERT_TRUE(at.run(forward)) << plan::name(stage);
    const auto writes = own.writes.size();

    const auto done = at.run(Setting::wayBack());
    ASSERT_TRUE(done) << plan::name(stage) << ": " << base::describe(done.error()) << done.error().reason;
    EXPECT_EQ(at.world.brokenPairs, 0U) << plan::name(stage);
    if (stage == Stage::multiRoot) {
      EXPECT_EQ(own.writes.size(), writes) << "there was nothing to undo";
      continue;
    }
    EXPECT_EQ((**own.state().cacerts).rootCert, own.oldCa.root.pem()) << plan::name(stage);
    for (const auto& proxy : own.state().proxies) {
      EXPECT_EQ(proxy.secrets->roots, trust::Certificates{own.oldCa.root}) << plan::name(stage);
      EXPECT_TRUE(proxy.secrets->leaf().signedBy(own.oldCa.signer)) << plan::name(stage);
    }
    // Run again nothing is written, and the mesh can be rotated once more.
    const auto before = own.writes;
    ASSERT_TRUE(at.run(Setting::wayBack()));
    EXPECT_EQ(own.writes, before) << plan::name(stage);
    forward.goal.until = Stage::done;
    const auto again = at.run(forward);
    ASSERT_TRUE(again) << plan::name(stage) << ": " << base::describe(again.error());
    EXPECT_EQ(at.world.brokenPairs, 0U);
    EXPECT_EQ((**own.state().cacerts).rootCert, own.newCa.root.pem());
  }
}

TEST(HostileTest, TheWayBackKilledAfterAnyWriteAndRunAgainEndsTheSame) {
  Setting at;
  ASSERT_TRUE(at.run(at.options()));
  int left = 0;
  at.world.after = [&]() -> base::Status {
    if (left-- > 0) return {};
    return base::fail({base::Kind::failed, "killed"});
  };
  for (int attempt = 0; attempt < 40; ++attempt) {
    left = 0;
    const auto result = at.run(Setting::wayBack());
    if (!result) {
      ASSERT_EQ(result.error().message, "killed") << base::describe(result.error());
      continue;
    }
    EXPECT_EQ(at.world.brokenPairs, 0U);
    EXPECT_EQ((**at.mesh.state().cacerts).rootCert, at.mesh.oldCa.root.pem());
    EXPECT_GT(attempt, 3);
    return;
  }
  FAIL() << "never done";
}

/// What someone else does to the CA secret between two steps.
TEST(HostileTest, ASecretThatSomeoneElseChangesStopsTheRunBeforeAnyFurtherWrite) {
  struct Tampering {
    const char* says;
    base::Kind kind;
    void (*tamper)(TinyMesh&);
  };
  for (const auto& each :
       {Tampering{"is gone", base::Kind::gate, [](TinyMesh& there) { there.state().cacerts->reset(); }},
        Tampering{"changed by someone else", base::Kind::gate,
                  [](TinyMesh& there) { (**there.state().cacerts).rootCert += there.oldCa.root.pem(); }},
        Tampering{"ca-key.pem does not belong", base::Kind::gate,
                  [](TinyMesh& there) { (**there.state().cacerts).keyFingerprint = "another"; }},
        Tampering{"cert-chain.pem does not hold", base::Kind::gate,
                  [](TinyMesh& there) { (**there.state().cacerts).certChain = there.newCa.root.pem(); }}}) {
    for (const auto stage : {Stage::bothRoots, Stage::newSigner, Stage::newLeaves}) {
      Setting at;
      auto& own = at.mesh;
      const auto with = at.options();
      bool done = false;
      std::size_t writes = 0;
      at.world.blind = [&](trust::Observation& seen) {
        if (done || !*seen.cacerts) return;
        const auto now = plan::next(seen, with.goal);
        if (!now || now->stage < stage) return;
        each.tamper(own);  // right after this look
        done = true;
        writes = own.writes.size();
      };
      at.world.before = [&]() -> base::Status {  // the resource version tells
        if (done) return base::fail({base::Kind::conflict, "the object has been modified"});
        return {};
      };
      const auto result = at.run(with);
      ASSERT_TRUE(done);
      ASSERT_FALSE(result) << each.says;
      EXPECT_EQ(result.error().kind, each.kind) << base::describe(result.error());
      EXPECT_NE(base::describe(result.error()).find(each.says), std::string::npos)
          << base::describe(result.error());
      EXPECT_EQ(own.writes.size(), writes) << each.says << " at " << plan::name(stage);
    }
  }
}

TEST(HostileTest, EachSingleReadingTakenOutIsUnprovenByNameAndNothingIsWritten) {
  std::size_t taken = 0;
  for (const auto stage :
       {Stage::selfSigned, Stage::multiRoot, Stage::bothRoots, Stage::newSigner, Stage::newLeaves}) {
    Setting at;
    auto& own = at.mesh;
    auto with = at.options(stage);
    if (stage > Stage::selfSigned) {
      ASSERT_TRUE(at.run(with)) << plan::name(stage);
    }
    with.goal.until = Stage::done;
    for (const auto& reading : support::readingsOf(own.observe(true))) {
      const auto writes = own.writes;
      at.world.blind = reading.hide;
      const auto result = at.run(with);
      ASSERT_FALSE(result) << reading.name << " at " << plan::name(stage);
      EXPECT_EQ(base::exitCode(result.error().kind), 4)
          << reading.name << " at " << plan::name(stage) << ": " << base::describe(result.error());
      EXPECT_NE(base::describe(result.error()).find(reading.name), std::string::npos)
          << reading.name << " at " << plan::name(stage) << ": " << base::describe(result.error());
      EXPECT_EQ(own.writes, writes) << reading.name << " at " << plan::name(stage);
      ++taken;
    }
    at.world.blind = nullptr;
    EXPECT_TRUE(at.run(with)) << "all of it read again, it goes on";
  }
  EXPECT_GT(taken, 50U);
}

/// Waivers: what cannot be read may be accepted, by its workload or by its pod; what was read may not.
TEST(HostileTest, WhatCannotBeReadIsAcceptedByNameAndNothingElseIs) {
  for (const auto* name : {"Deployment/shop/client", "Pod/shop/client-1'"}) {
    Setting at;
    auto with = at.options();
    with.goal.until = Stage::multiRoot;
    ASSERT_TRUE(at.run(with));
    with.goal.until = Stage::done;
    at.world.blind = [](trust::Observation& seen) {
      seen.proxies[0].secrets = tl::unexpected(trust::Unreadable{"connection refused"});
      seen.opaque.push_back({"WorkloadEntry", "shop", "vm-1", {}, "a virtual machine"});
    };
    with.goal.waivers = {name};
    const auto blocked = at.run(with);
    ASSERT_FALSE(blocked);
    EXPECT_EQ(base::exitCode(blocked.error().kind), 4);
    EXPECT_NE(blocked.error().reason.find("vm-1"), std::string::npos) << blocked.error().reason;
    EXPECT_EQ(blocked.error().reason.find("client"), std::string::npos) << blocked.error().reason;
    EXPECT_NE(blocked.error().hint.find("--accept-unproven WorkloadEntry/shop/vm-1"), std::string::npos);
    with.goal.waivers.insert("WorkloadEntry/shop/vm-1");
    EXPECT_TRUE(at.run(with));
  }
}

TEST(HostileTest, AnAnswerThatIsLostIsLookedAfterAndNothingIsWrittenTwice) {
  Setting at;
  int lost = 0;
  at.world.after = [&]() -> base::Status {  // applied, and then the connection breaks
    ++lost;
    return base::fail({base::Kind::unavailable, "the connection was closed"});
  };
  const auto done = at.run(at.options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(at.world.brokenPairs, 0U);
  EXPECT_GT(lost, 8);
  EXPECT_EQ(std::count(at.mesh.writes.begin(), at.mesh.writes.end(), "create cacerts"), 1);
  EXPECT_EQ(std::count(at.mesh.writes.begin(), at.mesh.writes.end(), "new signer"), 1);
}

TEST(HostileTest, AnApiServerThatDoesNotAnswerIsWaitedForUntilTheTimeout) {
  Setting at;
  int down = 0;
  at.world.before = [&]() -> base::Status {
    if (++down % 3) return base::fail({base::Kind::unavailable, "503 Service Unavailable"});
    return {};
  };
  const auto done = at.run(at.options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_FALSE(at.progress.notes.empty());
  Setting fresh;
  fresh.world.before = [] { return base::fail({base::Kind::unavailable, "503"}); };
  const auto never = fresh.run(fresh.options());
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().kind, base::Kind::unavailable);
  EXPECT_TRUE(fresh.mesh.writes.empty());
}

}  // namespace
