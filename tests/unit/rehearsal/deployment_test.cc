// Rollouts of Deployments: how many pods there are and how many of them serve, at every instant.
#include <fmt/format.h>

#include "rehearsal/rolling_update.h"
#include "small_cluster.h"

namespace {

using json::Value;
using rehearsal::Key;

const Key web{"apps", "deployments", "shop", "web"};

std::string deployment(int replicas, const std::string& strategy, int minReadySeconds = 0) {
  return fmt::format(
      R"({{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"web","namespace":"shop"}},
          "spec":{{"replicas":{},"minReadySeconds":{},"strategy":{},"selector":{{"matchLabels":{{"app":"web"}}}},
          "template":{{"metadata":{{"labels":{{"app":"web"}}}},
          "spec":{{"containers":[{{"name":"app","image":"web:1"}}]}}}}}}}})",
      replicas, minReadySeconds, strategy);
}

struct Deployments : SmallCluster {
  struct Bounds {
    std::int64_t least = 1'000, most = 0;
  };

  void restart() {
    change(web, [this](Value& object) {
      object.at("spec")
          .at("template")
          .at("metadata")
          .at("annotations")
          .set("kubectl.kubernetes.io/restartedAt", base::formatTime(simulation.now()));
    });
  }
  std::int64_t status(const char* field) { return at(web)["status"][field].integer().value_or(0); }
  std::string reason(const char* type) {
    return std::string(rehearsal::conditionOf(at(web), type)["reason"].text());
  }
  bool rolledOut() {  // as kubectl rollout status sees it
    const auto replicas = rehearsal::replicasOf(at(web));
    return status("observedGeneration") == at(web)["metadata"]["generation"].integer() &&
           status("updatedReplicas") == replicas && status("replicas") == replicas &&
           status("availableReplicas") == replicas;
  }
  /// Until it is rolled out, watching the pods all the time.
  Bounds watch(base::Seconds longest = base::Seconds(300)) {
    Bounds bounds;
    const auto end = simulation.elapsed() + longest;
    do {
      pass(base::Millis(10));
      std::int64_t active = 0, ready = 0;
      for (const auto* pod : pods()) {
        if (!rehearsal::isActive(*pod)) continue;
        ++active;
        if (rehearsal::isReady(*pod)) ++ready;
      }
      bounds.least = std::min(bounds.least, ready);
      bounds.most = std::max(bounds.most, active);
    } while (!rolledOut() && simulation.elapsed() < end);
    EXPECT_TRUE(rolledOut()) << json::dumpPretty(at(web)["status"]);
    return bounds;
  }
};

TEST_F(Deployments, KeepToSurgeAndUnavailable) {
  struct Case {
    int replicas;
    const char* surge;
    const char* unavailable;
    std::int64_t least, most;  // ready at least, there at most
  };
  for (const auto& [replicas, surge, unavailable, least, most] : std::vector<Case>{
           {4, R"("25%")", R"("25%")", 3, 5},
           {10, R"("25%")", R"("25%")", 8, 13},
           {10, "2", "0", 10, 12},
           {10, "0", "3", 7, 10},
           {3, "0", "0", 2, 3},
           {1, R"("100%")", R"("25%")", 1, 2},
           {2, R"("100%")", R"("100%")", 0, 4},
       }) {
    SCOPED_TRACE(fmt::format("{} {} {}", replicas, surge, unavailable));
    create(web, deployment(replicas, fmt::format(R"({{"type":"RollingUpdate","rollingUpdate":{{"maxSurge":{},
                                                     "maxUnavailable":{}}}}})",
                                                 surge, unavailable)));
    watch();
    EXPECT_EQ(status("readyReplicas"), replicas);
    std::set<std::string> old;
    for (const auto* pod : pods()) old.emplace(rehearsal::uidOf(*pod));
    pass(base::Seconds(2));
    restart();
    const auto bounds = watch();
    EXPECT_GE(bounds.least, least);
    EXPECT_LE(bounds.most, most);
    pass(base::Seconds(40));
    EXPECT_EQ(pods().size(), std::size_t(replicas));
    for (const auto* pod : pods()) EXPECT_FALSE(old.contains(std::string(rehearsal::uidOf(*pod))));
    ASSERT_TRUE(store.remove(web));
    pass(base::Seconds(60));
    EXPECT_TRUE(pods().empty());
    EXPECT_TRUE(store.list("apps", "replicasets", "shop").empty());
  }
}

TEST_F(Deployments, RecreateWaitsForTheLastOldPod) {
  create(web, deployment(3, R"({"type":"Recreate"})"));
  watch();
  restart();
  std::set<std::string> hashes;
  for (int i = 0; i < 6000 && !(i > 100 && rolledOut()); ++i) {
    pass(base::Millis(10));
    hashes.clear();
    for (const auto* pod : pods()) hashes.emplace((*pod)["metadata"]["labels"]["pod-template-hash"].text());
    EXPECT_LE(hashes.size(), 1U);
  }
  EXPECT_TRUE(rolledOut());
}

TEST_F(Deployments, TellWhereARolloutStands) {
  create(web, deployment(2, "{}"));
  pass(base::Millis(500));
  EXPECT_EQ(reason("Progressing"), "ReplicaSetUpdated");
  EXPECT_EQ(reason("Available"), "MinimumReplicasUnavailable");
  watch();
  EXPECT_EQ(reason("Progressing"), "NewReplicaSetAvailable");
  EXPECT_EQ(reason("Available"), "MinimumReplicasAvailable");
  EXPECT_EQ(at(web)["metadata"]["annotations"]["deployment.kubernetes.io/revision"].text(), "1");
  programs.readyAfter = base::Seconds(100'000);
  restart();
  pass(base::Seconds(599));
  EXPECT_EQ(reason("Progressing"), "ReplicaSetUpdated");
  pass(base::Seconds(20));
  EXPECT_EQ(reason("Progressing"), "ProgressDeadlineExceeded");
  EXPECT_EQ(reason("Available"), "MinimumReplicasAvailable");
  EXPECT_EQ(at(web)["metadata"]["annotations"]["deployment.kubernetes.io/revision"].text(), "2");
}

TEST_F(Deployments, ComeBackToAReplicaSetFromBefore) {
  create(web, deployment(2, "{}"));
  watch();
  const auto first = at(web)["spec"]["template"];
  restart();
  watch();
  change(web, [&](Value& object) { object.at("spec").set("template", first); });
  watch();
  EXPECT_EQ(store.list("apps", "replicasets", "shop").size(), 2U);
  EXPECT_EQ(at(web)["metadata"]["annotations"]["deployment.kubernetes.io/revision"].text(), "3");
}

TEST_F(Deployments, AreNotAvailableBeforeMinReadySeconds) {
  create(web, deployment(1, "{}", 30));
  pass(base::Seconds(15));
  EXPECT_EQ(status("readyReplicas"), 1);
  EXPECT_EQ(status("availableReplicas"), 0);
  pass(base::Seconds(30));
  EXPECT_EQ(status("availableReplicas"), 1);
}

TEST_F(Deployments, PausedOnesScaleButDoNotRoll) {
  create(web, deployment(2, "{}"));
  watch();
  change(web, [](Value& object) { object.at("spec").set("paused", true); });
  restart();
  ASSERT_TRUE(rehearsal::scale(store, web, 4, "test"));
  pass(base::Seconds(30));
  EXPECT_EQ(store.list("apps", "replicasets", "shop").size(), 1U);
  EXPECT_EQ(pods().size(), 4U);
  EXPECT_EQ(reason("Progressing"), "DeploymentPaused");
  change(web, [](Value& object) { object.at("spec").set("paused", false); });
  watch();
  EXPECT_EQ(store.list("apps", "replicasets", "shop").size(), 2U);
}

TEST_F(Deployments, ScaledInTheMidstOfARolloutShareWhatIsMore) {
  create(web, deployment(10, "{}"));
  watch();
  programs.readyAfter = base::Seconds(100'000);
  restart();
  pass(base::Seconds(20));  // 8 old, 5 new that do not get ready
  ASSERT_TRUE(rehearsal::scale(store, web, 15, "test"));
  pass(base::Seconds(20));
  std::vector<std::int64_t> sizes;
  for (const auto* set : store.list("apps", "replicasets", "shop"))
    sizes.push_back(rehearsal::replicasOf(*set));
  std::sort(sizes.begin(), sizes.end());
  // 15 and a quarter in the parts of 8 to 5 (kubernetes' own example).
  EXPECT_EQ(sizes, (std::vector<std::int64_t>{7, 12}));
}

TEST_F(Deployments, PodsWaitForTheirInjection) {
  programs.refuseAdmission = true;
  create(web, deployment(2, "{}"));
  pass(base::Seconds(10));
  EXPECT_TRUE(pods().empty());
  programs.refuseAdmission = false;
  watch();
}

TEST_F(Deployments, AnAutoscalerHoldsItsBounds) {
  create(web, deployment(1, "{}"));
  create({"autoscaling", "horizontalpodautoscalers", "shop", "web"},
         R"({"spec":{"minReplicas":3,"maxReplicas":5,"scaleTargetRef":{"kind":"Deployment","name":"web"}}})");
  pass(base::Seconds(40));
  EXPECT_EQ(rehearsal::replicasOf(at(web)), 3);
  ASSERT_TRUE(rehearsal::scale(store, web, 9, "test"));
  pass(base::Seconds(40));
  EXPECT_EQ(rehearsal::replicasOf(at(web)), 5);
}

TEST_F(Deployments, ABudgetIsShutWhenNobodyMayGo) {
  create(web, deployment(2, "{}"));
  const Key budget{"policy", "poddisruptionbudgets", "shop", "web"};
  create(budget, R"({"spec":{"minAvailable":2,"selector":{"matchLabels":{"app":"web"}}}})");
  pass(base::Seconds(30));
  EXPECT_EQ(at(budget)["status"]["expectedPods"].integer(), 2);
  EXPECT_EQ(at(budget)["status"]["disruptionsAllowed"].integer(), 0);
  ASSERT_TRUE(rehearsal::scale(store, web, 3, "test"));
  pass(base::Seconds(30));
  EXPECT_EQ(at(budget)["status"]["disruptionsAllowed"].integer(), 1);
}

TEST_F(Deployments, ANamespaceTakesItsContentWithIt) {
  create(web, deployment(2, "{}"));
  watch();
  EXPECT_FALSE(at({"", "serviceaccounts", "shop", "default"}).isNull());
  ASSERT_TRUE(store.remove({"", "namespaces", "", "shop"}));
  pass(base::Seconds(60));
  EXPECT_TRUE(pods().empty());
  EXPECT_TRUE(at(web).isNull());
  EXPECT_TRUE(at({"", "serviceaccounts", "shop", "default"}).isNull());
}

}  // namespace
