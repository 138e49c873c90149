// StatefulSets, DaemonSets, and who keeps what others change: the Sail operator, and one that reverts.
#include <fmt/format.h>

#include "json/yaml.h"
#include "rehearsal/reverter.h"
#include "rehearsal/sail_operator.h"
#include "small_cluster.h"

namespace {

using json::Value;
using rehearsal::Key;

const Key db{"apps", "statefulsets", "shop", "db"};
const Key agent{"apps", "daemonsets", "shop", "agent"};
const Key istiod{"apps", "deployments", "istio-system", "istiod"};
const Key meshConfig{"", "configmaps", "istio-system", "istio"};
const Key istio{"sailoperator.io", "istios", "", "default"};

std::string set(const char* strategy, const char* more = "") {
  return fmt::format(
      R"({{"spec":{{"replicas":3,"updateStrategy":{},{}"selector":{{"matchLabels":{{"app":"db"}}}},
    "template":{{"metadata":{{"labels":{{"app":"db"}}}},"spec":{{"containers":[{{"name":"app","image":"db:1"}}]}}}}}}}})",
      strategy, more);
}

struct OtherControllers : SmallCluster {
  void restart(const Key& key) {
    change(key, [this](Value& object) {
      object.at("spec")
          .at("template")
          .at("metadata")
          .at("annotations")
          .set("kubectl.kubernetes.io/restartedAt", base::formatTime(simulation.now()));
    });
  }
  std::string revisionOf(int ordinal) {
    return std::string(at({"", "pods", "shop",
                           "db-" + std::to_string(ordinal)})["metadata"]["labels"]["controller-revision-hash"]
                           .text());
  }
  std::string status(const Key& key, const char* field) { return json::dump(at(key)["status"][field]); }
};

TEST_F(OtherControllers, AStatefulSetComesUpAndRollsInOrder) {
  create(db, set(R"({"type":"RollingUpdate"})"));
  pass(base::Seconds(60));
  ASSERT_EQ(pods().size(), 3U);
  EXPECT_EQ(programs.starts[0].first, "db-0");
  EXPECT_EQ(programs.starts[2].first, "db-2");
  EXPECT_GE(programs.starts[1].second - programs.starts[0].second, programs.readyAfter);
  EXPECT_EQ(status(db, "updatedReplicas"), "3");
  programs.starts.clear();
  restart(db);
  for (int i = 0; i < 12'000; ++i) {
    pass(base::Millis(10));
    std::size_t serving = 0;
    for (const auto* pod : pods()) serving += rehearsal::isReady(*pod) && rehearsal::isActive(*pod) ? 1U : 0U;
    ASSERT_GE(serving, 2U);
  }
  ASSERT_EQ(programs.starts.size(), 3U);
  EXPECT_EQ(programs.starts[0].first, "db-2");
  EXPECT_EQ(programs.starts[2].first, "db-0");
  EXPECT_EQ(at(db)["status"]["currentRevision"], at(db)["status"]["updateRevision"]);
  EXPECT_EQ(status(db, "observedGeneration"), "2");
}

TEST_F(OtherControllers, AStatefulSetOnDeleteWaitsForSomebody) {
  create(db, set(R"({"type":"OnDelete"})", R"("podManagementPolicy":"Parallel",)"));
  pass(base::Seconds(20));
  ASSERT_EQ(pods().size(), 3U);
  const auto before = revisionOf(0);
  restart(db);
  pass(base::Seconds(100));
  EXPECT_EQ(revisionOf(1), before);
  EXPECT_EQ(status(db, "updatedReplicas"), "null");
  ASSERT_TRUE(store.remove({"", "pods", "shop", "db-1"}, {}, 30));
  pass(base::Seconds(60));
  EXPECT_NE(revisionOf(1), before);
  EXPECT_EQ(revisionOf(0), before);
  EXPECT_EQ(status(db, "updatedReplicas"), "1");
}

TEST_F(OtherControllers, APartitionHoldsTheLowerOrdinals) {
  create(db, set(R"({"type":"RollingUpdate","rollingUpdate":{"partition":2}})"));
  pass(base::Seconds(60));
  const auto before = revisionOf(0);
  restart(db);
  pass(base::Seconds(100));
  EXPECT_NE(revisionOf(2), before);
  EXPECT_EQ(revisionOf(1), before);
  ASSERT_TRUE(store.remove({"", "pods", "shop", "db-0"}, {}, 30));
  pass(base::Seconds(60));
  EXPECT_EQ(revisionOf(0), before);  // made anew from the template of before
}

TEST_F(OtherControllers, ADaemonSetHasOnePodOnEachNode) {
  create(agent, set("{}"));
  pass(base::Seconds(20));
  std::set<std::string_view> nodes;
  for (const auto* pod : pods()) nodes.insert((*pod)["spec"]["nodeName"].text());
  EXPECT_EQ(nodes.size(), 3U);
  EXPECT_EQ(status(agent, "numberAvailable"), "3");
  restart(agent);
  for (int i = 0; i < 12'000; ++i) {
    pass(base::Millis(10));
    std::size_t serving = 0;
    for (const auto* pod : pods()) serving += rehearsal::isReady(*pod) && rehearsal::isActive(*pod) ? 1U : 0U;
    ASSERT_GE(serving, 2U);
  }
  EXPECT_EQ(status(agent, "updatedNumberScheduled"), "3");
  EXPECT_EQ(status(agent, "numberAvailable"), "3");
}

struct Sail : SmallCluster {
  Sail() {
    create({"", "namespaces", "", "istio-system"}, "{}");
    create(istiod, R"({"spec":{"replicas":1,"selector":{"matchLabels":{"app":"istiod"}},"template":
      {"metadata":{"labels":{"app":"istiod"}},"spec":{"containers":[{"name":"discovery","image":"pilot:1.27.0",
      "env":[{"name":"REVISION","value":"default"}]}]}}}})");
    create(meshConfig,
           R"({"data":{"mesh":"accessLogFile: \"\"\ndefaultConfig:\n  discoveryAddress: istiod\n"}})");
    create(istio, R"({"spec":{"namespace":"istio-system","version":"v1.27.0","values":{}}})");
    pass(base::Seconds(30));
  }
  const Value& env() { return at(istiod)["spec"]["template"]["spec"]["containers"].items().front()["env"]; }
  Value mesh() { return *json::parseYaml(at(meshConfig)["data"]["mesh"].text()); }
  std::string ready() { return std::string(rehearsal::conditionOf(at(istio), "Ready")["status"].text()); }

  rehearsal::SailOperator sail{simulation, store};
  rehearsal::Reverter reverter{simulation, store};
};

TEST_F(Sail, TouchesNothingWithoutValues) {
  EXPECT_EQ(at(istiod)["metadata"]["generation"].integer(), 1);
  EXPECT_TRUE(at(meshConfig)["data"]["mesh"].text().starts_with("accessLogFile: \"\"\n"));
  EXPECT_EQ(at(istio)["status"]["state"].text(), "Healthy");
  EXPECT_EQ(at(istio)["status"]["observedGeneration"].integer(), 1);
  EXPECT_EQ(ready(), "True");
}

TEST_F(Sail, AppliesValuesAndTakesThemBack) {
  change(istio, [](Value& object) {
    object.at("spec").set("values", *json::parse(R"({"pilot":{"env":{"ISTIO_MULTIROOT_MESH":"true"},
      "replicaCount":2},"meshConfig":{"defaultConfig":{"proxyMetadata":{"PROXY_CONFIG_XDS_AGENT":"true"}}}})"));
  });
  pass(base::Seconds(4));
  EXPECT_EQ(ready(), "False");  // istiod is being rolled out
  pass(base::Seconds(60));
  EXPECT_EQ(ready(), "True");
  EXPECT_EQ(at(istio)["status"]["observedGeneration"].integer(), 2);
  EXPECT_EQ(rehearsal::replicasOf(at(istiod)), 2);
  EXPECT_EQ(json::dump(env()),
            R"([{"name":"REVISION","value":"default"},{"name":"ISTIO_MULTIROOT_MESH","value":"true"}])");
  EXPECT_EQ(mesh()["defaultConfig"]["proxyMetadata"]["PROXY_CONFIG_XDS_AGENT"].text(), "true");
  EXPECT_EQ(mesh()["defaultConfig"]["discoveryAddress"].text(), "istiod");
  // What someone edits by hand is put back.
  change(meshConfig, [](Value& object) { object.at("data").set("mesh", "{}"); });
  pass(base::Seconds(10));
  EXPECT_EQ(mesh()["defaultConfig"]["proxyMetadata"]["PROXY_CONFIG_XDS_AGENT"].text(), "true");
  change(istio, [](Value& object) { object.at("spec").set("values", Value::object()); });
  pass(base::Seconds(60));
  EXPECT_EQ(env().items().size(), 1U);
  EXPECT_FALSE(mesh()["defaultConfig"].has("proxyMetadata"));
}

TEST_F(Sail, SomeoneElsePutsBackWhatWasThere) {
  const Key secret{"", "secrets", "istio-system", "cacerts"};
  create(secret, R"({"data":{"a":"MQ=="}})");
  reverter.hold(secret, {"data"}, base::Seconds(30), "argocd-controller", 1);
  change(secret, [](Value& object) { object.at("data").set("a", "Mg=="); });
  pass(base::Seconds(29));
  EXPECT_EQ(at(secret)["data"]["a"].text(), "Mg==");
  pass(base::Seconds(2));
  EXPECT_EQ(at(secret)["data"]["a"].text(), "MQ==");
  change(secret, [](Value& object) { object.at("data").set("a", "Mw=="); });
  pass(base::Seconds(100));
  EXPECT_EQ(at(secret)["data"]["a"].text(), "Mw==");  // once was enough
}

TEST_F(Sail, WhatWasNotThereIsDeletedAgain) {
  const Key secret{"", "secrets", "istio-system", "cacerts"};
  reverter.hold(secret, {}, base::Seconds(30), "argocd-controller");
  create(secret, R"({"data":{"a":"MQ=="}})");
  pass(base::Seconds(31));
  EXPECT_TRUE(at(secret).isNull());
}

}  // namespace
