// How objects come to an end: Jobs, namespaces, and what belongs to what is deleted.
#include <algorithm>

#include "small_cluster.h"

namespace {

using json::Value;
using rehearsal::Key;

const Key onceJob{"batch", "jobs", "shop", "once"};
const Key shopNamespace{"", "namespaces", "", "shop"};
const Key webDeployment{"apps", "deployments", "shop", "web"};

constexpr const char* onceSpec =
    R"({"spec":{"completions":2,"template":{"spec":{"restartPolicy":"Never",
        "containers":[{"name":"app","image":"busybox","command":["sleep","20"]}]}}}})";
constexpr const char* webSpec =
    R"({"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
        "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"app","image":"web:1"}]}}}})";

struct Lifetimes : SmallCluster {
  std::string condition(const char* type) {
    return std::string(rehearsal::conditionOf(at(onceJob), type)["status"].text());
  }
  std::size_t active() {
    std::size_t count = 0;
    for (const auto* pod : pods()) count += rehearsal::isActive(*pod) ? 1U : 0U;
    return count;
  }
  std::size_t replicaSets() { return store.list("apps", "replicasets", "shop").size(); }
};

TEST_F(Lifetimes, AJobRunsItsPodsOneAfterTheOther) {
  create(onceJob, onceSpec);
  pass(base::Seconds(10));
  ASSERT_EQ(pods().size(), 1U);
  EXPECT_EQ((*pods()[0])["metadata"]["labels"]["job-name"].text(), "once");
  EXPECT_EQ(at(onceJob)["status"]["active"].integer(), 1);
  EXPECT_EQ(condition("Complete"), "");
  pass(base::Seconds(60));
  ASSERT_EQ(pods().size(), 2U);
  for (const auto* pod : pods()) EXPECT_EQ((*pod)["status"]["phase"].text(), "Succeeded");
  EXPECT_EQ(condition("Complete"), "True");
  EXPECT_EQ(at(onceJob)["status"]["succeeded"].integer(), 2);
  EXPECT_TRUE(at(onceJob)["status"]["active"].isNull());
  ASSERT_TRUE(store.remove(onceJob));
  pass(base::Seconds(60));
  EXPECT_EQ(pods().size(), 0U);
}

TEST_F(Lifetimes, WhatOnlyAnImageSaysRunsOn) {
  create(
      onceJob,
      R"({"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"app","image":"batch"}]}}}})");
  pass(base::Seconds(600));
  ASSERT_EQ(active(), 1U);
  EXPECT_EQ(condition("Complete"), "");
}

TEST_F(Lifetimes, ANamespaceGoesLast) {
  change(shopNamespace, [](Value& ns) { ns.at("spec").set("finalizers", Value::array({"kubernetes"})); });
  create(webDeployment, webSpec);
  pass(base::Seconds(30));
  ASSERT_EQ(active(), 2U);
  ASSERT_TRUE(store.remove(shopNamespace));
  EXPECT_EQ(at(shopNamespace)["status"]["phase"].text(), "Terminating");
  pass(base::Seconds(1));
  EXPECT_FALSE(at(shopNamespace).isNull()) << "its pods are still ending";
  pass(base::Seconds(120));
  EXPECT_TRUE(at(shopNamespace).isNull());
  EXPECT_EQ(pods().size(), 0U);
  EXPECT_TRUE(at(webDeployment).isNull());
}

TEST_F(Lifetimes, WhatIsOrphanedStays) {
  create(webDeployment, webSpec);
  pass(base::Seconds(30));
  rehearsal::waitForDependents(store, webDeployment, rehearsal::orphaning);
  ASSERT_TRUE(store.remove(webDeployment));
  pass(base::Seconds(60));
  EXPECT_TRUE(at(webDeployment).isNull());
  EXPECT_EQ(replicaSets(), 1U);
  EXPECT_EQ(active(), 2U);
}

TEST_F(Lifetimes, WhatIsDeletedInTheForegroundGoesLast) {
  create(webDeployment, webSpec);
  pass(base::Seconds(30));
  rehearsal::waitForDependents(store, webDeployment, rehearsal::foreground);
  ASSERT_TRUE(store.remove(webDeployment));
  bool waited = false;
  for (int i = 0; i < 600 && !at(webDeployment).isNull(); ++i) {
    pass(base::Millis(100));
    waited = waited || (!at(webDeployment).isNull() && !pods().empty() && active() == 0);
    if (at(webDeployment).isNull()) {
      EXPECT_EQ(pods().size(), 0U);
    }
  }
  EXPECT_TRUE(waited);
  EXPECT_TRUE(at(webDeployment).isNull());
  EXPECT_EQ(replicaSets(), 0U);
}

}  // namespace
