#include "rotate/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "setting.h"
#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace {

using namespace rotate_test;

class RunTest : public testing::TestWithParam<bool>, protected Setting {
 protected:
  RunTest() : Setting(GetParam()) {}
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

TEST_P(RunTest, WhileWorkloadsRestartNoProxyIsAskedAndWhatRestsOnProxiesIsNotDecidedByThat) {
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_GT(world.glances, 2U);
  EXPECT_EQ(world.brokenPairs, 0U);
  // What a whole look says to rest on the objects alone, they alone say too.
  std::size_t rested = 0;
  TinyMesh other(mesh.oldCa, mesh.newCa, GetParam());
  for (int look = 0; look < 200; ++look) {
    const auto whole = other.observe(true);
    const auto decision = plan::next(whole, options().goal);
    ASSERT_TRUE(decision) << base::describe(decision.error());
    if (decision->kind == plan::Decision::Kind::done) break;
    if (decision->byObjects) {
      ++rested;
      auto bare = whole;
      for (auto& proxy : bare.proxies) proxy.secrets = tl::unexpected(trust::Unreadable{"not read"});
      for (auto& istiod : bare.istiods) istiod.serving = tl::unexpected(trust::Unreadable{"not read"});
      const auto same = plan::next(bare, options().goal);
      ASSERT_TRUE(same) << base::describe(same.error());
      EXPECT_EQ(same->kind, decision->kind);
      EXPECT_TRUE(same->byObjects);
      EXPECT_EQ(same->step ? same->step->title : "", decision->step ? decision->step->title : "");
    }
    if (decision->kind == plan::Decision::Kind::act) other.perform(decision->step->action);
  }
  EXPECT_GT(rested, 2U);
}

TEST_P(RunTest, AStragglerAloneIsAskedWhileItIsWaitedFor) {
  // One proxy is a minute behind with what it trusts, from the first look at the new CA secret on.
  std::optional<base::Millis> since;
  std::optional<trust::Reading<trust::ProxySecrets>> old;
  world.blind = [&](trust::Observation& seen) {
    auto& proxy = seen.proxies.front();
    const bool ready = proxy.xdsAgent && seen.cacerts && *seen.cacerts;
    if (ready && proxy.secrets && !old) {
      old = proxy.secrets;
      since = clock.elapsed();
    }
    if (since && clock.elapsed() - *since < std::chrono::minutes(1)) proxy.secrets = *old;
  };
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  ASSERT_TRUE(since);
  EXPECT_EQ(world.brokenPairs, 0U);
  EXPECT_GT(world.asked, 40U) << "it alone, again and again";
  Setting prompt(GetParam());
  ASSERT_TRUE(prompt.run(prompt.options()));
  EXPECT_LT(world.looks, prompt.world.looks + 15) << "all of them now and then";
}

TEST_P(RunTest, OfALargeMeshProxiesAreAskedAsSoonAsIstiodsAreThroughWithoutAWholeLook) {
  constexpr std::size_t more = 120;
  world.blind = [](trust::Observation& seen) {
    const auto first = seen.proxies.front();
    for (std::size_t i = 0; i < more; ++i) {
      auto& like = seen.proxies.emplace_back(first);
      like.uid = like.pod += std::to_string(i);
    }
  };
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(world.brokenPairs, 0U);
  EXPECT_NE(world.trace.find("ip"), std::string::npos) << world.trace;
  EXPECT_EQ(world.trace.find("pi"), std::string::npos)
      << "back to istiods after a look alone: " << world.trace;
}

TEST_P(RunTest, WhatIsMountedIsReadAfterTheRestAndNobodyIsAskedAgainForIt) {
  // All but one have the new root mounted when that is first read.
  std::optional<trust::Reading<trust::Certificates>> old;
  int behind = 3;
  world.blind = [&](trust::Observation& seen) {
    auto& last = seen.proxies.back();
    if (!last.mounted) return;
    if (!old) old = trust::Certificates{mesh.oldCa.root};
    if (behind-- > 0) last.mounted = *old;
  };
  const auto done = run(options(Stage::bothRoots));
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_LT(behind, 0);
  const auto mounts = world.trace.find("Lm");
  ASSERT_NE(mounts, std::string::npos) << world.trace;
  EXPECT_EQ(world.trace.substr(mounts), "LmmmmL")
      << "those that are behind alone at last, then all: " << world.trace;
  EXPECT_EQ(world.nudged, 1U);
}

TEST_P(RunTest, WhereObjectsAreSlowToReadAFifthOfTheTimeGoesIntoIt) {
  base::Millis ended{0}, longest{0};
  world.blind = [&](trust::Observation&) {
    if (world.trace.ends_with("oo")) longest = std::max(longest, clock.elapsed() - ended);
    clock.advance(base::Millis{1000});
    ended = clock.elapsed();
  };
  ASSERT_TRUE(run(options()));
  EXPECT_EQ(longest, base::Millis{4000}) << world.trace;
}

TEST_P(RunTest, AStragglerIsHelpedAndWhatChangesNobodysTrustIsDoneOnOneLook) {
  ASSERT_TRUE(run(options(Stage::newLeaves)));
  // Soon after its removal all have let go of the old root but one, which does when it is told once more.
  bool toldAgain = false;
  int soon = 3;
  world.blind = [&](trust::Observation& seen) {
    const auto& secret = **mesh.state().cacerts;
    const bool removed = !trust::contains(*trust::rootsOf(secret), mesh.oldCa.root);
    toldAgain = toldAgain || (removed && secret.annotations.contains(std::string(trust::triggersAnnotation)));
    if (!removed || toldAgain || soon-- > 0) return;
    for (std::size_t i = 1; i < seen.proxies.size(); ++i) seen.proxies[i].secrets->roots = {mesh.newCa.root};
  };
  world.trace.clear();
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(world.brokenPairs, 0U);
  const auto helped = world.trace.find("pW");
  ASSERT_NE(helped, std::string::npos) << "on a look at it alone: " << world.trace;
  EXPECT_EQ(world.trace.substr(helped), "pWiipLWiiLWooL");
}

TEST_P(RunTest, ALookBeforeTheRunIsTheFirstOfTwoIfItFoundTheSameStepDue) {
  const auto looksBeforeTheFirstWrite = [](std::optional<trust::Observation> before) {
    Setting fresh(GetParam());
    std::optional<std::size_t> looks;
    fresh.world.before = [&]() -> base::Status {
      if (!looks) looks = fresh.world.looks;
      return {};
    };
    auto with = fresh.options(Stage::multiRoot);
    if (before) with.before = rotate::Look{std::move(*before), fresh.clock.elapsed()};
    EXPECT_TRUE(fresh.run(with));
    return looks.value_or(0);
  };
  EXPECT_EQ(looksBeforeTheFirstWrite(std::nullopt), 2U);
  EXPECT_EQ(looksBeforeTheFirstWrite(mesh.observe(false)), 1U);
  ASSERT_TRUE(run(options(Stage::multiRoot)));
  EXPECT_EQ(looksBeforeTheFirstWrite(mesh.observe(false)), 2U);
}

TEST_P(RunTest, BlockedForTheLengthOfOneLookIsNotBlocked) {
  // Of a torn look: istiod's Deployment as it was before the setting that the rest already shows.
  bool torn = false;
  world.blind = [&](trust::Observation& seen) {
    if (torn || !seen.cacerts || !*seen.cacerts) return;
    torn = true;
    seen.istiodDeployments.front().multiRoot = false;
    for (auto& istiod : seen.istiods) istiod.multiRoot = false;
  };
  const auto done = run(options());
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_TRUE(torn);
}

TEST(BlockedRun, BetweenTheMeshConfigAndIstiodsDeploymentAnOperatorIsGivenAMoment) {
  Setting at(true);
  int torn = 0;
  at.world.blind = [&](trust::Observation& seen) {
    if (torn == 2 || at.mesh.writes.empty()) return;
    ++torn;
    seen.istiodDeployments.front().multiRoot = false;
    for (auto& istiod : seen.istiods) istiod.multiRoot = false;
  };
  const auto done = at.run(at.options(Stage::multiRoot));
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(torn, 2);
  const auto first = at.world.trace.find('W'), second = at.world.trace.find('W', first + 1);
  const auto between = at.world.trace.substr(first + 1, second - first - 1);
  EXPECT_EQ(between.find('L'), std::string::npos) << "objects alone tell: " << at.world.trace;
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

TEST_P(RunTest, WhoTakesTimeToAnswerIsNotTakenAtTheOldProof) {
  ASSERT_TRUE(run(options(Stage::bothRoots)));
  const auto writes = mesh.writes;
  progress.asked.clear();
  progress.beforeAnswer = [this] {  // while the question stands, a proxy is lost sight of
    clock.advance(base::Millis{600'000});
    world.blind = [](trust::Observation& seen) {
      seen.proxies.front().secrets = tl::unexpected(trust::Unreadable{"connection refused"});
    };
  };
  const auto result = run(options());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::Kind::unproven) << base::describe(result.error());
  EXPECT_EQ(mesh.writes, writes);
  EXPECT_EQ(progress.asked.size(), 1U) << "and nothing is asked twice";
  world.blind = nullptr;
  progress.beforeAnswer = [this] { clock.advance(base::Millis{600'000}); };
  EXPECT_TRUE(run(options()));
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
