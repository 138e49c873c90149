// What kubectl asks of the API server beside objects: pods of its own, evictions, logs.
#include "unit/rehearsal/server_fixture.h"

namespace {

using json::Value;

constexpr const char* barePod =
    R"({"metadata":{"name":"bare"},"spec":{"containers":[{"name":"app","image":"nginx"}]}})";

kube::Write evict(const std::string& pod) {
  return {"POST", kube::pods.path("shop", pod, "eviction"), "application/json",
          ServerTest::parsed(R"({"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":")" + pod +
                             "\"}}")};
}

TEST_F(ServerTest, APodOfAClientIsAdmitted) {
  server->admitPods([](Value pod) -> base::Result<Value> {
    if (pod["metadata"]["name"].text() == "refused")
      return base::fail({base::Kind::failed, "Internal error occurred: failed calling webhook \"x\""});
    EXPECT_EQ(pod["metadata"]["namespace"].text(), "shop");
    pod.at("metadata").at("annotations").set("sidecar.istio.io/status", "{}");
    return pod;
  });
  const auto made = api->write(kube::create(kube::pods, "shop", parsed(barePod)));
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ((*made)["metadata"]["annotations"]["sidecar.istio.io/status"].text(), "{}");
  EXPECT_EQ((*made)["spec"]["serviceAccountName"].text(), "default");
  EXPECT_EQ((*made)["status"]["phase"].text(), "Pending");
  Value refused = parsed(barePod);
  refused.at("metadata").set("name", "refused");
  EXPECT_EQ(why(api->write(kube::create(kube::pods, "shop", refused))),
            "Internal error occurred: failed calling webhook \"x\"");
  EXPECT_FALSE(api->get(kube::pods.path("shop", "refused")));
}

TEST_F(ServerTest, ASecretOfTextHoldsItsBytes) {
  const auto made = api->write(kube::create(
      kube::secrets, "shop",
      parsed(
          R"({"metadata":{"name":"text"},"stringData":{"user":"me","a-rather-long-name-of-a-key":"value"}})")));
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ((*made)["data"]["user"].text(), "bWU=");
  EXPECT_EQ((*made)["data"]["a-rather-long-name-of-a-key"].text(), "dmFsdWU=");
  EXPECT_FALSE(made->has("stringData"));
}

TEST_F(ServerTest, ANamespaceThatGoesTakesNothingMore) {
  put({"", "namespaces", "", "going"}, R"({"spec":{"finalizers":["kubernetes"]}})");
  const auto removed = api->write(kube::remove(kube::namespaces, "", "going", {}));
  ASSERT_TRUE(removed) << base::describe(removed.error());
  EXPECT_EQ((*removed)["status"]["phase"].text(), "Terminating");
  EXPECT_NE(why(api->write(kube::create(kube::pods, "going", parsed(barePod))))
                .find("because it is being terminated"),
            std::string::npos);
}

TEST_F(ServerTest, AnEvictionHeedsTheBudget) {
  const auto pod =
      R"({"metadata":{"labels":{"app":"web"}},"spec":{"nodeName":"n","containers":[{"name":"app"}]},
                       "status":{"phase":"Running"}})";
  for (const char* name : {"one", "two"}) put({"", "pods", "shop", name}, pod);
  put({"policy", "poddisruptionbudgets", "shop", "web"},
      R"({"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}},
          "status":{"disruptionsAllowed":1,"desiredHealthy":1,"currentHealthy":2}})");
  ASSERT_TRUE(api->write(evict("one")));
  EXPECT_TRUE((*api->get(kube::pods.path("shop", "one")))["metadata"].has("deletionTimestamp"));
  kube::AccessFlags impatient;  // a client waits and tries again for as long as its requests may take
  impatient.requestTimeout = base::Millis{100};
  const auto second = connect(impatient)->write(evict("two"));
  ASSERT_FALSE(second);
  EXPECT_NE(base::describe(second.error()).find("violate the pod's disruption budget"), std::string::npos)
      << base::describe(second.error());
  EXPECT_FALSE((*api->get(kube::pods.path("shop", "two")))["metadata"].has("deletionTimestamp"));
  EXPECT_FALSE(api->write(evict("three")));
}

}  // namespace
