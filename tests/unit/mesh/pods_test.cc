#include "mesh/pods.h"

#include <gtest/gtest.h>

#include "mesh/containers.h"
#include "mesh/mesh_config.h"
#include "support/data.h"

namespace {

using json::Value;
using support::yaml;

std::vector<trust::Proxy> recordedProxies() {
  std::vector<trust::Proxy> proxies;
  const auto list = support::jsonData("mesh/pods.json");
  for (const auto& pod : list["items"].items()) {
    if (auto proxy = mesh::proxyOf(pod, true)) proxies.push_back(*proxy);
  }
  return proxies;
}

TEST(Pods, ReadsRecordedSidecarsAndAGateway) {
  const auto proxies = recordedProxies();
  ASSERT_EQ(proxies.size(), 4U) << "client, gateway and two servers, but not istiod";
  EXPECT_EQ(proxies[0].workload, (trust::Workload{"Deployment", "shop", "client"}));
  EXPECT_EQ(proxies[0].type, trust::ProxyType::sidecar);
  EXPECT_EQ(proxies[1].workload, (trust::Workload{"Deployment", "shop", "gateway"}));
  EXPECT_EQ(proxies[1].type, trust::ProxyType::gateway);
  for (const auto& proxy : proxies) {
    EXPECT_EQ(proxy.ns, "shop");
    EXPECT_EQ(proxy.container, "istio-proxy");
    EXPECT_EQ(proxy.serviceAccount, "default");
    EXPECT_EQ(proxy.revision, "");
    EXPECT_TRUE(proxy.running && proxy.ready && proxy.xdsAgentWanted);
    EXPECT_FALSE(proxy.xdsAgent || proxy.terminating || proxy.managedGateway);
    EXPECT_GT(proxy.created, base::Time{});
    EXPECT_FALSE(proxy.secrets);
  }
}

TEST(Pods, ReadsARecordedIstiod) {
  const auto pods = support::jsonData("mesh/pods.json");
  const auto& pod = pods["items"].items()[0];
  const auto istiod = mesh::istiodOf(pod);
  ASSERT_TRUE(istiod);
  EXPECT_EQ(istiod->deployment, "istiod");
  EXPECT_EQ(istiod->ns, "istio-system");
  EXPECT_TRUE(istiod->ready);
  EXPECT_FALSE(istiod->multiRoot || istiod->terminating);
  EXPECT_TRUE(mesh::istiodRuns(pod));
  EXPECT_EQ(mesh::istioVersionOf(pod), "mesh");
  EXPECT_FALSE(mesh::istiodOf(pods["items"].items()[1]));

  const auto deployment = mesh::istiodDeploymentOf(support::jsonData("mesh/istiod_deployment.json"));
  EXPECT_EQ(deployment.name, "istiod");
  EXPECT_EQ(deployment.container, "discovery");
  EXPECT_EQ(deployment.replicas, 1);
  EXPECT_EQ(deployment.total, 1);
  EXPECT_EQ(deployment.updated, 1);
  EXPECT_EQ(deployment.available, 1);
  EXPECT_EQ(deployment.generation, deployment.observedGeneration);
  EXPECT_EQ(deployment.env.at("PILOT_CERT_PROVIDER"), "istiod");
  EXPECT_FALSE(deployment.multiRoot);
}

// A pod as YAML: `spec` and `status` are put in as they are.
Value pod(const std::string& rest) {
  return yaml("metadata: {namespace: shop, name: p, uid: u, creationTimestamp: '2026-01-02T03:04:05Z'}\n" +
              rest);
}

struct PodCase {
  const char* name;
  const char* pod;
  bool isProxy, running, xdsAgent;
  trust::ProxyType type;
};

TEST(Pods, TellsWhichPodsAreProxies) {
  using trust::ProxyType;
  const std::vector<PodCase> cases{
      {"no proxy", "spec: {containers: [{name: app}]}\nstatus: {phase: Running}", false, false, false, {}},
      {"native sidecar",
       "spec: {initContainers: [{name: istio-init}, {name: istio-proxy, args: [proxy, sidecar], env: [{name: "
       "PROXY_CONFIG_XDS_AGENT, value: 'true'}]}], containers: [{name: app}]}\n"
       "status: {phase: Running, initContainerStatuses: [{name: istio-proxy, state: {running: {}}}]}",
       true, true, true, ProxyType::sidecar},
      {"pending",
       "spec: {containers: [{name: istio-proxy, args: [proxy, sidecar]}, {name: app}]}\nstatus: {phase: "
       "Pending}",
       true, false, false, ProxyType::sidecar},
      {"proxy has ended in a running pod",
       "spec: {containers: [{name: app}, {name: istio-proxy}]}\nstatus: {phase: Running, containerStatuses: "
       "[{name: "
       "istio-proxy, state: {terminated: {}}}]}",
       true, false, false, ProxyType::sidecar},
      {"done",
       "spec: {containers: [{name: istio-proxy}]}\nstatus: {phase: Succeeded}",
       false,
       false,
       false,
       {}},
      {"failed",
       "spec: {containers: [{name: istio-proxy}]}\nstatus: {phase: Failed}",
       false,
       false,
       false,
       {}},
      {"waypoint under another name",
       "spec: {containers: [{name: envoy, args: [proxy, waypoint, --domain, x]}]}\nstatus: {phase: Running, "
       "containerStatuses: [{name: envoy, state: {running: {}}}]}",
       true, true, false, ProxyType::waypoint},
      {"router",
       "spec: {containers: [{name: istio-proxy, args: [proxy, router]}, {name: helper}]}\nstatus: {}", true,
       false, false, ProxyType::gateway},
      {"alone and silent about its role", "spec: {containers: [{name: istio-proxy}]}\nstatus: {}", true,
       false, false, ProxyType::gateway},
      {"ztunnel is no Envoy",
       "spec: {containers: [{name: istio-proxy, args: [proxy, ztunnel]}]}\nstatus: {}",
       false,
       false,
       false,
       {}},
      {"the last env of a name counts",
       "spec: {containers: [{name: istio-proxy, env: [{name: PROXY_CONFIG_XDS_AGENT, value: 'true'}, {name: "
       "PROXY_CONFIG_XDS_AGENT, value: 'false'}]}, {name: app}]}\nstatus: {}",
       true, false, false, ProxyType::sidecar},
      {"as Go reads a switch",
       "spec: {containers: [{name: istio-proxy, env: [{name: PROXY_CONFIG_XDS_AGENT, value: '1'}]}, {name: "
       "app}]}\nstatus: {}",
       true, false, true, ProxyType::sidecar},
  };
  for (const auto& test : cases) {
    const auto proxy = mesh::proxyOf(pod(test.pod), false);
    ASSERT_EQ(proxy.has_value(), test.isProxy) << test.name;
    if (!proxy) continue;
    EXPECT_EQ(proxy->running, test.running) << test.name;
    EXPECT_EQ(proxy->xdsAgent, test.xdsAgent) << test.name;
    EXPECT_EQ(proxy->type, test.type) << test.name;
  }
}

TEST(Pods, FindsTheWorkload) {
  const std::vector<std::pair<std::string, trust::Workload>> cases{
      {"{namespace: shop, name: p}", {"Pod", "shop", "p"}},
      {"{namespace: shop, name: p, labels: {pod-template-hash: abc}, ownerReferences: [{controller: true, "
       "kind: "
       "ReplicaSet, name: web-abc}]}",
       {"Deployment", "shop", "web"}},
      {"{namespace: shop, name: p, ownerReferences: [{controller: true, kind: ReplicaSet, name: "
       "rollout-abc}]}",
       {"ReplicaSet", "shop", "rollout-abc"}},
      {"{namespace: shop, name: p, labels: {pod-template-hash: abc}, ownerReferences: [{controller: true, "
       "kind: "
       "ReplicaSet, name: web-xyz}]}",
       {"ReplicaSet", "shop", "web-xyz"}},
      {"{namespace: shop, name: p, ownerReferences: [{kind: Node, name: n}, {controller: true, kind: "
       "StatefulSet, "
       "name: db}]}",
       {"StatefulSet", "shop", "db"}},
      {"{namespace: shop, name: p, ownerReferences: [{controller: true, kind: Job, name: once}]}",
       {"Job", "shop", "once"}},
  };
  for (const auto& [metadata, workload] : cases) {
    EXPECT_EQ(mesh::workloadOf(yaml("metadata: " + metadata)), workload) << metadata;
  }
}

TEST(Pods, ReadsRevisionAndMarks) {
  auto one = pod("spec: {containers: [{name: istio-proxy}]}\nstatus: {}");
  auto& metadata = one.at("metadata");
  metadata.set("labels",
               yaml("{istio.io/rev: stable, gateway.istio.io/managed: istio.io-gateway-controller}"));
  metadata.set("deletionTimestamp", "2026-01-02T03:04:05Z");
  const auto proxy = mesh::proxyOf(one, false);
  ASSERT_TRUE(proxy);
  EXPECT_TRUE(proxy->managedGateway && proxy->terminating);
  EXPECT_EQ(proxy->revision, "stable");
  metadata.set("annotations", yaml(R"({sidecar.istio.io/status: '{"revision":"v2"}'})"));
  EXPECT_EQ(mesh::revisionOf(one), "v2") << "a label may be a tag";
  metadata.set("annotations", yaml("{istio.io/rev: default}"));
  EXPECT_EQ(mesh::revisionOf(one), "");
}

TEST(MeshConfig, OwnAnnotationGoesOverTheMeshConfig) {
  struct {
    bool byMesh;
    const char* annotation;
    bool wanted;
  } const cases[] = {{true, "", true},
                     {false, "", false},
                     {true, "concurrency: 2", true},
                     {true, "proxyMetadata:\n  PROXY_CONFIG_XDS_AGENT: \"false\"\n", false},
                     {false, "proxyMetadata: {PROXY_CONFIG_XDS_AGENT: 'true'}", true},
                     {false, R"({"proxyMetadata":{"PROXY_CONFIG_XDS_AGENT":"true"}})", true},
                     {true, "proxyMetadata: {OTHER: x}", true},
                     {true, "{broken", true}};
  for (const auto& test : cases) {
    EXPECT_EQ(mesh::xdsAgentWanted(test.byMesh, test.annotation), test.wanted) << test.annotation;
  }
}

TEST(MeshConfig, ReadsARecordedOne) {
  const auto read = mesh::readMeshConfig(support::jsonData("mesh/mesh_config.json"));
  ASSERT_TRUE(read) << base::describe(read.error());
  EXPECT_EQ(read->config.name, "istio");
  EXPECT_EQ(read->settings.trustDomain, "cluster.local");
  EXPECT_FALSE(read->config.xdsAgent);
  EXPECT_FALSE(mesh::readMeshConfig(yaml("{metadata: {name: istio, namespace: x}, data: {mesh: 'a: [b'}}")));
  EXPECT_FALSE(mesh::readMeshConfig(yaml("{metadata: {name: istio, namespace: x}, data: {}}")));

  const auto settings = mesh::parseMeshSettings(
      "trustDomain: td\ndefaultConfig: {proxyMetadata: {PROXY_CONFIG_XDS_AGENT: 'true'}}");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->trustDomain, "td");
  EXPECT_TRUE(settings->xdsAgent);
  const auto unquoted =
      mesh::parseMeshSettings("defaultConfig: {proxyMetadata: {PROXY_CONFIG_XDS_AGENT: true}}");
  ASSERT_TRUE(unquoted);
  EXPECT_FALSE(unquoted->xdsAgent) << "Istio refuses a value that is not a string";
  EXPECT_EQ(mesh::meshConfigName("default"), "istio");
  EXPECT_EQ(mesh::meshConfigName("v2"), "istio-v2");
}

}  // namespace
