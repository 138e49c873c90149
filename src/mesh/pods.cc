#include "mesh/pods.h"

#include "json/yaml.h"
#include "mesh/ca_secrets.h"
#include "mesh/containers.h"
#include "mesh/mesh_config.h"

namespace mesh {

namespace {

using json::Value;

constexpr std::string_view startedForAnnotation = "istio-ca/started-for";

base::Time createdAt(const Value& metadata) {
  return base::parseTime(metadata["creationTimestamp"].text()).value_or(base::Time{});
}

bool containerRuns(const Value& pod, std::string_view container) {
  return containerStatus(pod, container)["state"].has("running");
}

/// The revision that a label or an annotation names; "default" is the empty one.
std::string revisionNamed(std::string_view name) {
  return name == "default" ? "" : std::string(name);
}

trust::ProxyType typeOf(const Value& podSpec, const Value& container) {
  const auto role = proxyRole(container);
  if (role == "router") return trust::ProxyType::gateway;
  if (role == "waypoint") return trust::ProxyType::waypoint;
  const bool alone =
      podSpec["containers"].items().size() == 1 && podSpec["containers"].items()[0] == container;
  return role.empty() && alone ? trust::ProxyType::gateway : trust::ProxyType::sidecar;
}

const Value& discoveryContainer(const Value& podSpec) {
  const auto& named = containerNamed(podSpec, "discovery");
  if (!named.isNull() || podSpec["containers"].items().empty()) return named;
  return podSpec["containers"].items().front();
}

}  // namespace

trust::Workload workloadOf(const Value& pod) {
  const auto& metadata = pod["metadata"];
  const std::string ns(metadata["namespace"].text());
  for (const auto& owner : metadata["ownerReferences"].items()) {
    if (!owner["controller"].boolean().value_or(false)) continue;
    const auto kind = owner["kind"].text();
    const auto name = owner["name"].text();
    const auto suffix = "-" + std::string(metadata["labels"]["pod-template-hash"].text());
    if (kind == "ReplicaSet" && suffix.size() > 1 && name.size() > suffix.size() && name.ends_with(suffix)) {
      return {"Deployment", ns, std::string(name.substr(0, name.size() - suffix.size()))};
    }
    return {std::string(kind), ns, std::string(name)};
  }
  return {"Pod", ns, std::string(metadata["name"].text())};
}

std::string revisionOf(const Value& pod) {
  const auto& annotations = pod["metadata"]["annotations"];
  if (const auto name = annotations["istio.io/rev"].text(); !name.empty()) return revisionNamed(name);
  const auto status = json::parse(annotations["sidecar.istio.io/status"].text());
  if (status && (*status)["revision"].isString()) return revisionNamed((*status)["revision"].text());
  return revisionNamed(pod["metadata"]["labels"]["istio.io/rev"].text());
}

std::optional<trust::Proxy> proxyOf(const Value& pod, bool xdsAgentByMesh) {
  const auto& metadata = pod["metadata"];
  const auto& container = proxyContainer(pod["spec"]);
  if (container.isNull() || ended(pod)) return std::nullopt;
  trust::Proxy proxy;
  proxy.ns = metadata["namespace"].text();
  proxy.pod = metadata["name"].text();
  proxy.uid = metadata["uid"].text();
  proxy.workload = workloadOf(pod);
  proxy.type = typeOf(pod["spec"], container);
  proxy.container = container["name"].text();
  proxy.serviceAccount = pod["spec"]["serviceAccountName"].text();
  proxy.revision = revisionOf(pod);
  proxy.version = imageTag(container);
  proxy.created = createdAt(metadata);
  proxy.running = containerRuns(pod, proxy.container);
  proxy.ready = hasCondition(pod["status"], "Ready");
  proxy.terminating = metadata.has("deletionTimestamp");
  proxy.xdsAgent = goTrue(envValue(container, "PROXY_CONFIG_XDS_AGENT"));
  proxy.xdsAgentWanted =
      xdsAgentWanted(xdsAgentByMesh, metadata["annotations"]["proxy.istio.io/config"].text());
  proxy.managedGateway = metadata["labels"].has("gateway.istio.io/managed");
  return proxy;
}

std::optional<trust::Ztunnel> ztunnelOf(const Value& pod) {
  if (ended(pod)) return std::nullopt;
  const auto& metadata = pod["metadata"];
  for (const auto& container : pod["spec"]["containers"].items()) {
    if (proxyRole(container) != "ztunnel" && metadata["labels"]["app"].text() != "ztunnel") continue;
    return trust::Ztunnel{std::string(metadata["namespace"].text()), std::string(metadata["name"].text()),
                          std::string(imageTag(container))};
  }
  return std::nullopt;
}

std::optional<trust::Istiod> istiodOf(const Value& pod) {
  const auto& metadata = pod["metadata"];
  if (metadata["labels"]["app"].text() != "istiod" || ended(pod)) return std::nullopt;
  const auto& container = discoveryContainer(pod["spec"]);
  trust::Istiod istiod;
  istiod.ns = metadata["namespace"].text();
  istiod.pod = metadata["name"].text();
  istiod.uid = metadata["uid"].text();
  istiod.deployment = workloadOf(pod).name;
  istiod.revision = revisionNamed(metadata["labels"]["istio.io/rev"].text());
  istiod.version = istioVersionOf(pod);
  istiod.created = createdAt(metadata);
  istiod.restarts = containerStatus(pod, container["name"].text())["restartCount"].integer().value_or(0);
  istiod.ready = hasCondition(pod["status"], "Ready");
  istiod.terminating = metadata.has("deletionTimestamp");
  istiod.multiRoot = goTrue(envValue(container, "ISTIO_MULTIROOT_MESH"));
  istiod.startedFor = metadata["annotations"][startedForAnnotation].text();
  return istiod;
}

bool istiodRuns(const Value& pod) {
  return containerRuns(pod, discoveryContainer(pod["spec"])["name"].text());
}

trust::IstiodDeployment istiodDeploymentOf(const Value& deployment) {
  const auto& metadata = deployment["metadata"];
  const auto& spec = deployment["spec"];
  const auto& status = deployment["status"];
  const auto& container = discoveryContainer(spec["template"]["spec"]);
  trust::IstiodDeployment read;
  read.ns = metadata["namespace"].text();
  read.name = metadata["name"].text();
  read.revision = revisionNamed(metadata["labels"]["istio.io/rev"].text());
  read.resourceVersion = metadata["resourceVersion"].text();
  read.generation = metadata["generation"].integer().value_or(0);
  read.observedGeneration = status["observedGeneration"].integer().value_or(0);
  read.replicas = spec["replicas"].integer().value_or(1);
  read.updated = status["updatedReplicas"].integer().value_or(0);
  read.available = status["availableReplicas"].integer().value_or(0);
  read.total = status["replicas"].integer().value_or(0);
  read.container = container["name"].text();
  read.env = envOf(container);
  read.multiRoot = goTrue(envValue(container, "ISTIO_MULTIROOT_MESH"));
  read.owners = ownersOf(metadata);
  read.startedFor = spec["template"]["metadata"]["annotations"][startedForAnnotation].text();
  return read;
}

std::string istioVersionOf(const Value& pod) {
  if (const auto tag = imageTag(discoveryContainer(pod["spec"])); !tag.empty()) return std::string(tag);
  return std::string(pod["metadata"]["labels"]["app.kubernetes.io/version"].text());
}

}  // namespace mesh
