#include <gtest/gtest.h>

#include "plan/plan.h"
#include "support/tiny_mesh.h"

namespace {

using plan::Decision;
using plan::Stage;
using support::TestCa;
using support::TinyMesh;

plan::Goal everything(const TinyMesh& mesh) {
  plan::Goal goal;
  goal.newRoot = mesh.newCa.root;
  goal.newCa = support::forPlan(mesh.newCa);
  goal.restartWorkloads = true;
  return goal;
}

/// Lets the plan run on the mesh until a stage is reached.
void bringTo(TinyMesh& mesh, Stage stage) {
  auto goal = everything(mesh);
  goal.until = stage;
  for (int look = 0; look < 60; ++look) {
    const auto seen = mesh.observe(true);
    const auto decision = plan::next(seen, goal);
    ASSERT_TRUE(decision) << base::describe(decision.error());
    if (decision->kind == Decision::Kind::done) return;
    // Of a wait: what helps stragglers, but not what only helps after a long time.
    if (decision->step && decision->patience <= base::Seconds{10}) mesh.perform(decision->step->action);
    if (const auto* restart =
            decision->step ? std::get_if<plan::RestartWorkloads>(&decision->step->action) : nullptr) {
      goal.restarted.insert(restart->workloads.begin(), restart->workloads.end());
    }
  }
  FAIL() << "stage " << plan::name(stage) << " is never reached";
}

TinyMesh tiny() {
  return TinyMesh(TestCa::selfSigned("cluster.local"), TestCa::withIntermediate("new"));
}

TEST(NextTest, EveryStageIsReadFromTheMeshAlone) {
  auto mesh = tiny();
  for (const auto stage :
       {Stage::multiRoot, Stage::bothRoots, Stage::newLeaves, Stage::oldRootRemoved, Stage::done}) {
    bringTo(mesh, stage);
    const auto decision = plan::next(mesh.observe(false), everything(mesh));
    ASSERT_TRUE(decision) << base::describe(decision.error());
    EXPECT_EQ(decision->stage, stage) << plan::name(decision->stage);
  }
}

TEST(NextTest, TheStageIsToldWithoutNamingTheNewRoot) {
  auto mesh = tiny();
  for (const auto stage : {Stage::multiRoot, Stage::bothRoots, Stage::newLeaves, Stage::done}) {
    bringTo(mesh, stage);
    const auto decision = plan::next(mesh.observe(false), {});
    ASSERT_TRUE(decision) << base::describe(decision.error());
    EXPECT_EQ(decision->stage, stage) << plan::name(decision->stage);
    EXPECT_EQ(decision->target.oldRoots, trust::Certificates{mesh.oldCa.root});
    EXPECT_EQ(decision->target.newRoot.has_value(), stage >= Stage::bothRoots);
  }
}

TEST(NextTest, TheStepsLeftAreAllOfThemInTheirOrder) {
  auto mesh = tiny();
  const auto steps = plan::stepsLeft(mesh.observe(false), everything(mesh));
  ASSERT_TRUE(steps) << base::describe(steps.error());
  std::vector<std::string> kinds;
  for (const auto& step : *steps)
    kinds.push_back(std::string(plan::name(step.towards)) + " " + std::to_string(step.action.index()));
  EXPECT_EQ(kinds, (std::vector<std::string>{"multi-root 1", "multi-root 2", "multi-root 3", "both-roots 4",
                                             "both-roots 5", "both-roots 7", "new-signer 6", "new-leaves 6",
                                             "old-root-removed 6", "done 7"}));
}

TEST(NextTest, TheFirstWriteOfTheSignerLeavesTheBundleAlone) {
  auto mesh = tiny();
  bringTo(mesh, Stage::bothRoots);
  const auto decision = plan::next(mesh.observe(true), everything(mesh));
  ASSERT_TRUE(decision && decision->step);
  const auto& write = std::get<plan::UpdateCaSecret>(decision->step->action);
  EXPECT_TRUE(write.signer);
  EXPECT_FALSE(write.bundle);
  EXPECT_EQ(write.resourceVersion, (**mesh.state().cacerts).resourceVersion);
}

TEST(NextTest, TheBundleGrowsAtItsEndAndIsCutToTheNewRoot) {
  auto mesh = tiny();
  bringTo(mesh, Stage::bothRoots);
  const auto both = mesh.oldCa.root.pem() + mesh.newCa.root.pem();
  EXPECT_EQ((**mesh.state().cacerts).rootCert, both);
  bringTo(mesh, Stage::newLeaves);
  EXPECT_EQ((**mesh.state().cacerts).rootCert, both + mesh.newCa.root.pem());
  bringTo(mesh, Stage::done);
  EXPECT_EQ((**mesh.state().cacerts).rootCert, mesh.newCa.root.pem());
}

/// What stands in the way of the next write, at which stage, and whose name has to be said.
struct Shut {
  const char* name;
  Stage at;
  void (*spoil)(trust::Observation&);
  const char* says;
};

class GateTest : public testing::TestWithParam<Shut> {};

TEST_P(GateTest, NothingIsWritten) {
  auto mesh = tiny();
  bringTo(mesh, GetParam().at);
  auto seen = mesh.observe(true);
  GetParam().spoil(seen);
  const auto decision = plan::next(seen, everything(mesh));
  ASSERT_TRUE(decision) << base::describe(decision.error());
  EXPECT_NE(decision->kind, Decision::Kind::act);
  EXPECT_NE(decision->kind, Decision::Kind::done);
  bool said = false;
  for (const auto& blocker : decision->blockers())
    said = said || (blocker.subject + ": " + blocker.what).find(GetParam().says) != std::string::npos;
  EXPECT_TRUE(said) << GetParam().says;
}

const trust::Unreadable refused{"connection refused"};
void hideProxy(trust::Observation& seen) {
  seen.proxies[1].secrets = tl::unexpected(refused);
}
void hideIstiod(trust::Observation& seen) {
  seen.istiods[1].serving = tl::unexpected(refused);
}
void hideConfigMap(trust::Observation& seen) {
  seen.distribution[0].roots = tl::unexpected(refused);
}
void hideWebhook(trust::Observation& seen) {
  seen.distribution[1].roots = tl::unexpected(refused);
}
void warm(trust::Observation& seen) {
  seen.proxies[0].secrets->warming = true;
}
void forgetRoot(trust::Observation& seen) {
  seen.proxies[2].secrets->roots.pop_back();
}
void forgetMapRoot(trust::Observation& seen) {
  seen.distribution[0].roots->pop_back();
}
void hideMount(trust::Observation& seen) {
  seen.proxies[0].mounted = tl::unexpected(refused);
}
void unlist(trust::Observation& seen) {
  seen.unlisted.push_back({"pods", refused});
}
void loseReplica(trust::Observation& seen) {
  seen.istiodDeployments[0].available = 1;
}

INSTANTIATE_TEST_SUITE_P(
    Readings, GateTest,
    testing::Values(Shut{"ProxyBeforeAddRoot", Stage::multiRoot, hideProxy, "shop/server-1'"},
                    Shut{"IstiodBeforeAddRoot", Stage::multiRoot, hideIstiod, "istiod-b"},
                    Shut{"ConfigMapBeforeAddRoot", Stage::multiRoot, hideConfigMap, "istio-ca-root-cert"},
                    Shut{"PodsBeforeAddRoot", Stage::multiRoot, unlist, "pods"},
                    Shut{"ReplicaBeforeAddRoot", Stage::multiRoot, loseReplica, "1 available"},
                    Shut{"ProxyBeforeSwitch", Stage::bothRoots, hideProxy, "connection refused"},
                    Shut{"WarmingBeforeSwitch", Stage::bothRoots, warm, "warming"},
                    Shut{"RootBeforeSwitch", Stage::bothRoots, forgetRoot, "trusts only O = cluster.local"},
                    Shut{"WebhookBeforeSwitch", Stage::bothRoots, hideWebhook, "istio-sidecar-injector"},
                    Shut{"MapBeforeSwitch", Stage::bothRoots, forgetMapRoot, "holds only"},
                    Shut{"IstiodBeforeTrigger", Stage::newSigner, hideIstiod, "istiod-b"},
                    Shut{"ProxyBeforeRemoval", Stage::newLeaves, hideProxy, "connection refused"},
                    Shut{"IstiodBeforeRemoval", Stage::newLeaves, hideIstiod, "istiod-b"},
                    Shut{"WarmingBeforeRemoval", Stage::newLeaves, warm, "warming"}),
    [](const auto& test) { return test.param.name; });

TEST(NextTest, WhatIsMountedHasToBeReadBeforeTheSwitch) {
  auto mesh = tiny();
  bringTo(mesh, Stage::bothRoots);
  auto goal = everything(mesh);
  goal.mounts = true;
  auto seen = mesh.observe(true);
  hideMount(seen);
  const auto decision = plan::next(seen, goal);
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->kind, Decision::Kind::wait);
  EXPECT_TRUE(decision->mounts);
  goal.mountBoundReached = true;
  EXPECT_EQ(plan::next(seen, goal)->kind, Decision::Kind::act);
}

TEST(NextTest, ALeafOfTheOldCaKeepsTheOldRoot) {
  auto mesh = tiny();
  bringTo(mesh, Stage::newLeaves);
  auto seen = mesh.observe(true);
  seen.proxies[0].secrets->chain = mesh.oldCa.issue("client");
  const auto decision = plan::next(seen, everything(mesh));
  ASSERT_TRUE(decision);
  EXPECT_EQ(decision->towards, Stage::newLeaves);
  EXPECT_NE(decision->kind, Decision::Kind::act);
}

TEST(NextTest, WhatIsNotHandledEndsBeforeAnyWrite) {
  auto mesh = tiny();
  auto seen = mesh.observe(false);
  seen.unsupported.push_back({"ambient", "DaemonSet istio-system/ztunnel", "not handled"});
  const auto decision = plan::next(seen, everything(mesh));
  ASSERT_FALSE(decision);
  EXPECT_EQ(decision.error().kind, base::Kind::unsupported);
  EXPECT_NE(decision.error().reason.find("ztunnel"), std::string::npos);
}

TEST(NextTest, AnUnreadableSecretIsUnproven) {
  for (const auto hide : {+[](trust::Observation& seen) { seen.cacerts = tl::unexpected(refused); },
                          +[](trust::Observation& seen) { seen.selfSigned = tl::unexpected(refused); },
                          +[](trust::Observation& seen) { seen.backups = tl::unexpected(refused); }}) {
    auto mesh = tiny();
    auto seen = mesh.observe(false);
    hide(seen);
    const auto decision = plan::next(seen, everything(mesh));
    ASSERT_FALSE(decision);
    EXPECT_EQ(decision.error().kind, base::Kind::unproven);
  }
}

}  // namespace
