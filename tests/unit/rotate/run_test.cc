#include "rotate/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "support/fake_clock.h"
#include "support/tiny_mesh.h"

namespace {

using plan::Stage;
using support::TestCa;
using support::TinyMesh;

class Silent final : public rotate::Progress {
 public:
  base::Result<bool> confirm(const plan::Step& step, const plan::Decision&) override {
    asked.push_back(step.title);
    return agree;
  }
  base::Status acting(const plan::Step&) override { return {}; }
  void acted(const plan::Step&, base::Millis) override {}
  void waiting(const plan::Decision& decision, base::Millis, base::Millis) override { last = decision; }
  void reached(const plan::Decision& decision) override { stages.push_back(decision.stage); }
  void note(std::string_view text) override { notes.emplace_back(text); }

  bool agree = true;
  std::vector<std::string> asked, notes;
  std::vector<Stage> stages;
  plan::Decision last;
};

/// A TinyMesh as a world; `before` may throw a spanner in before each write.
class World final : public rotate::World {
 public:
  explicit World(TinyMesh& mesh) : mesh_(mesh) {}
  base::Result<trust::Observation> observe(bool mounts) override {
    auto seen = mesh_.observe(mounts);
    brokenPairs += mesh_.brokenPairs();
    if (blind) blind(seen);
    return seen;
  }
  base::Status perform(const plan::Action& action) override {
    if (before) TRY(before());
    mesh_.perform(action);
    brokenPairs += mesh_.brokenPairs();
    if (after) TRY(after());
    return {};
  }
  void nudge(const std::vector<kube::PodRef>& pods) override { nudged += pods.size(); }
  base::Status holdLease(bool) override { return {}; }

  std::function<base::Status()> before, after;
  std::function<void(trust::Observation&)> blind;
  std::size_t brokenPairs = 0, nudged = 0;

 private:
  TinyMesh& mesh_;
};

class RunTest : public testing::TestWithParam<bool> {
 protected:
  rotate::RunOptions options(Stage until = Stage::done) {
    rotate::RunOptions options;
    options.goal.until = until;
    options.goal.newRoot = mesh.newCa.root;
    options.goal.newCa = support::forPlan(mesh.newCa);
    options.goal.restartWorkloads = true;
    options.goal.mounts = true;
    return options;
  }
  base::Result<plan::Decision> run(rotate::RunOptions with) {
    return rotate::run(world, clock, progress, std::move(with));
  }

  TinyMesh mesh{TestCa::selfSigned("cluster.local"), TestCa::withIntermediate("new"), GetParam()};
  World world{mesh};
  test::FakeClock clock;
  Silent progress;
};

TEST_P(RunTest, AWholeRotationBreaksNoPairAndEndsWithTheNewRootAlone) {
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(done->stage, Stage::done);
  EXPECT_EQ(world.brokenPairs, 0U);
  for (const auto& proxy : mesh.state().proxies) {
    ASSERT_EQ(proxy.secrets->roots.size(), 1U) << proxy.pod;
    EXPECT_EQ(proxy.secrets->roots.front(), mesh.newCa.root);
    EXPECT_TRUE(proxy.secrets->leaf().signedBy(mesh.newCa.signer));
  }
  const auto& secret = **mesh.state().cacerts;
  EXPECT_EQ(secret.rootCert, mesh.newCa.root.pem()) << "the trigger's copy is gone";
  EXPECT_EQ(mesh.state().backups->size(), 1U);
  EXPECT_EQ(mesh.writes.back(), "restart istiod");
}

TEST_P(RunTest, RunAgainAfterItIsDoneNothingIsWritten) {
  ASSERT_TRUE(run(options()));
  const auto writes = mesh.writes;
  const auto again = run(options());
  ASSERT_TRUE(again) << base::describe(again.error());
  EXPECT_EQ(again->stage, Stage::done);
  EXPECT_EQ(mesh.writes, writes);
}

TEST_P(RunTest, KilledAfterAnyWriteAndRunAgainItEndsTheSame) {
  const base::Error killed{base::Kind::failed, "killed"};
  int left = 0;
  world.after = [&]() -> base::Status {
    if (left-- > 0) return {};
    return base::fail(killed);
  };
  for (int attempt = 0; attempt < 40; ++attempt) {
    left = 0;  // one write in each run
    const auto result = run(options());
    if (!result) {
      ASSERT_EQ(result.error().message, "killed") << base::describe(result.error());
      continue;
    }
    EXPECT_EQ(result->stage, Stage::done);
    EXPECT_EQ(world.brokenPairs, 0U);
    EXPECT_EQ((**mesh.state().cacerts).rootCert, mesh.newCa.root.pem());
    EXPECT_GT(attempt, 5);
    return;
  }
  FAIL() << "never done";
}

TEST_P(RunTest, FromEveryStageTheWayBackEndsWithTheOldCaAlone) {
  for (const auto stage : {Stage::multiRoot, Stage::bothRoots, Stage::newSigner, Stage::newLeaves,
                           Stage::oldRootRemoved, Stage::done}) {
    TinyMesh own{TestCa::selfSigned("cluster.local"), TestCa::withIntermediate("new"), GetParam()};
    World there(own);
    auto forward = options(stage);
    forward.goal.newRoot = own.newCa.root;
    forward.goal.newCa = support::forPlan(own.newCa);
    ASSERT_TRUE(rotate::run(there, clock, progress, forward)) << plan::name(stage);
    const auto writes = own.writes.size();

    rotate::RunOptions back;
    back.goal.back = back.goal.mounts = back.goal.restartWorkloads = true;
    const auto done = rotate::run(there, clock, progress, back);
    ASSERT_TRUE(done) << plan::name(stage) << ": " << base::describe(done.error()) << done.error().reason;
    EXPECT_EQ(there.brokenPairs, 0U) << plan::name(stage);
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
    ASSERT_TRUE(rotate::run(there, clock, progress, back));
    EXPECT_EQ(own.writes, before) << plan::name(stage);
    forward.goal.until = Stage::done;
    const auto again = rotate::run(there, clock, progress, forward);
    ASSERT_TRUE(again) << plan::name(stage) << ": " << base::describe(again.error());
    EXPECT_EQ(there.brokenPairs, 0U);
    EXPECT_EQ((**own.state().cacerts).rootCert, own.newCa.root.pem());
  }
}

TEST_P(RunTest, TheWayBackKilledAfterAnyWriteAndRunAgainEndsTheSame) {
  ASSERT_TRUE(run(options()));
  int left = 0;
  world.after = [&]() -> base::Status {
    if (left-- > 0) return {};
    return base::fail({base::Kind::failed, "killed"});
  };
  rotate::RunOptions back;
  back.goal.back = back.goal.mounts = true;
  for (int attempt = 0; attempt < 40; ++attempt) {
    left = 0;
    const auto result = run(back);
    if (!result) {
      ASSERT_EQ(result.error().message, "killed") << base::describe(result.error());
      continue;
    }
    EXPECT_EQ(world.brokenPairs, 0U);
    EXPECT_EQ((**mesh.state().cacerts).rootCert, mesh.oldCa.root.pem());
    EXPECT_GT(attempt, 3);
    return;
  }
  FAIL() << "never done";
}

/// What someone else does to the CA secret between two steps.
TEST_P(RunTest, ASecretThatSomeoneElseChangesStopsTheRunBeforeAnyFurtherWrite) {
  struct Tampering {
    const char* says;
    base::Kind kind;
    void (*tamper)(TinyMesh&);
  };
  for (const auto& [says, kind, tamper] :
       {Tampering{"is gone", base::Kind::failed, [](TinyMesh& there) { there.state().cacerts->reset(); }},
        Tampering{"changed by someone else", base::Kind::gate,
                  [](TinyMesh& there) { (**there.state().cacerts).rootCert += there.oldCa.root.pem(); }},
        Tampering{"ca-key.pem does not belong", base::Kind::gate,
                  [](TinyMesh& there) { (**there.state().cacerts).keyFingerprint = "another"; }},
        Tampering{"cert-chain.pem does not hold", base::Kind::gate,
                  [](TinyMesh& there) { (**there.state().cacerts).certChain = there.newCa.root.pem(); }}}) {
    for (const auto stage : {Stage::bothRoots, Stage::newSigner, Stage::newLeaves}) {
      TinyMesh own{TestCa::selfSigned("cluster.local"), TestCa::withIntermediate("new"), GetParam()};
      World there(own);
      auto with = options();
      with.goal.newRoot = own.newCa.root;
      with.goal.newCa = support::forPlan(own.newCa);
      bool done = false;
      std::size_t writes = 0;
      there.blind = [&](trust::Observation& seen) {
        if (done || !*seen.cacerts) return;
        const auto now = plan::next(seen, with.goal);
        if (!now || now->stage < stage) return;
        tamper(own);  // right after this look
        done = true;
        writes = own.writes.size();
      };
      there.before = [&]() -> base::Status {  // the resource version tells
        if (done) return base::fail({base::Kind::conflict, "the object has been modified"});
        return {};
      };
      const auto result = rotate::run(there, clock, progress, with);
      ASSERT_TRUE(done);
      ASSERT_FALSE(result) << says;
      EXPECT_EQ(result.error().kind, kind) << base::describe(result.error());
      EXPECT_NE(base::describe(result.error()).find(says), std::string::npos)
          << base::describe(result.error());
      EXPECT_EQ(own.writes.size(), writes) << says << " at " << plan::name(stage);
    }
  }
}

TEST_P(RunTest, AnAnswerThatIsLostIsLookedAfterAndNothingIsWrittenTwice) {
  int lost = 0;
  world.after = [&]() -> base::Status {  // applied, and then the connection breaks
    ++lost;
    return base::fail({base::Kind::unavailable, "the connection was closed"});
  };
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(world.brokenPairs, 0U);
  EXPECT_GT(lost, 8);
  EXPECT_EQ(std::count(mesh.writes.begin(), mesh.writes.end(), "create cacerts"), 1);
  EXPECT_EQ(std::count(mesh.writes.begin(), mesh.writes.end(), "new signer"), 1);
}

TEST_P(RunTest, AnApiServerThatDoesNotAnswerIsWaitedForUntilTheTimeout) {
  int down = 0;
  world.before = [&]() -> base::Status {
    if (++down % 3) return base::fail({base::Kind::unavailable, "503 Service Unavailable"});
    return {};
  };
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_FALSE(progress.notes.empty());
  world.before = [&]() -> base::Status { return base::fail({base::Kind::unavailable, "503"}); };
  TinyMesh fresh{TestCa::selfSigned("cluster.local"), TestCa::withIntermediate("new"), GetParam()};
  World there(fresh);
  there.before = world.before;
  const auto never = rotate::run(there, clock, progress, options());
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().kind, base::Kind::unavailable);
  EXPECT_TRUE(fresh.writes.empty());
}

TEST_P(RunTest, AConflictIsJudgedAgainBeforeAnythingIsWritten) {
  int conflicts = 2;
  world.before = [&]() -> base::Status {
    if (conflicts-- > 0) return base::fail({base::Kind::conflict, "the object has been modified"});
    return {};
  };
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(progress.notes.size(), 2U);
}

TEST_P(RunTest, SayingNoChangesNothing) {
  progress.agree = false;
  const auto result = run(options());
  ASSERT_FALSE(result);
  EXPECT_TRUE(mesh.writes.empty());
  EXPECT_EQ(progress.asked.size(), 1U);
}

TEST_P(RunTest, WithoutLeaveToRestartItNamesTheProxiesAndStops) {
  auto with = options();
  with.goal.restartWorkloads = false;
  const auto result = run(with);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::Kind::gate);
  for (const auto* pod : {"shop/client-1", "shop/server-1", "shop/server-2"}) {
    EXPECT_NE(result.error().reason.find(pod), std::string::npos) << result.error().reason;
  }
  EXPECT_FALSE(mesh.state().cacerts->has_value());
}

TEST_P(RunTest, SwitchSignerOfAMeshWithoutTheNewRootIsRefusedAtOnce) {
  auto with = options(Stage::newLeaves);
  with.from = Stage::newSigner;
  const auto result = run(with);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::Kind::gate);
  EXPECT_TRUE(mesh.writes.empty());
}

TEST_P(RunTest, EachStageByItsOwnCommandAndAgain) {
  struct Command {
    Stage from, until;
  };
  for (const auto& [from, until] :
       {Command{Stage::multiRoot, Stage::multiRoot}, Command{Stage::bothRoots, Stage::bothRoots},
        Command{Stage::newSigner, Stage::newLeaves}, Command{Stage::oldRootRemoved, Stage::done}}) {
    auto with = options(until);
    with.from = from;
    const auto reached = run(with);
    ASSERT_TRUE(reached) << plan::name(until) << ": " << base::describe(reached.error());
    const auto writes = mesh.writes;
    const auto again = run(with);
    ASSERT_TRUE(again) << plan::name(until) << ": " << base::describe(again.error());
    EXPECT_EQ(mesh.writes, writes) << plan::name(until);
  }
  EXPECT_EQ(world.brokenPairs, 0U);
}

TEST_P(RunTest, AProxyThatCannotBeReadBlocksAsUnproven) {
  ASSERT_TRUE(run(options(Stage::bothRoots)));
  world.blind = [](trust::Observation& seen) {
    seen.proxies.front().secrets = tl::unexpected(trust::Unreadable{"connection refused"});
  };
  auto with = options(Stage::newLeaves);
  with.from = Stage::newSigner;
  const auto writes = mesh.writes;
  const auto result = run(with);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::Kind::unproven);
  EXPECT_NE(result.error().reason.find("shop/client-1"), std::string::npos);
  EXPECT_EQ(mesh.writes, writes);
}

TEST_P(RunTest, WhatIsForbiddenToReadIsNotWaitedFor) {
  world.blind = [](trust::Observation& seen) {
    seen.unlisted.push_back({"WorkloadEntry objects", {"cannot list workloadentries", true}});
  };
  const auto result = run(options());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::Kind::forbidden);
  EXPECT_NE(result.error().reason.find("WorkloadEntry"), std::string::npos);
}

TEST_P(RunTest, WaitingEndsAtTheTimeoutWithWhatIsMissing) {
  ASSERT_TRUE(run(options(Stage::bothRoots)));
  world.blind = [](trust::Observation& seen) {  // one istiod that never reloads
    seen.istiods.back().serving = tl::unexpected(trust::Unreadable{"connection refused"});
  };
  auto with = options();
  with.wait = true;
  const auto result = run(with);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::Kind::timedOut);
  EXPECT_NE(result.error().reason.find("istiod-b"), std::string::npos);
}

TEST_P(RunTest, WithTheGatesTakenOutPairsBreak) {
  auto with = options();
  with.rules.gates = false;
  with.goal.restartWorkloads = false;
  (void)run(with);
  mesh.perform(plan::RestartWorkloads{{{"Deployment", "shop", "server"}}});  // new pods: new certificates
  EXPECT_GT(mesh.brokenPairs(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Installations, RunTest, testing::Values(false, true),
                         [](const auto& test) { return test.param ? "Sail" : "Plain"; });

}  // namespace
