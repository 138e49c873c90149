#include <cctype>
#include "rehearsal/manifests.h"
#include "rehearsal/validation.h"

namespace rehearsal {

namespace {

/// What makes a pod opaque, as its proxy's own settings (mesh/opaque.cc reads the same signs).
constexpr std::string_view spireConfig =
    "proxyMetadata:\n  WORKLOAD_IDENTITY_SOCKET_FILE: spire-agent.sock\n";
constexpr std::string_view filesConfig = "proxyMetadata:\n  FILE_MOUNTED_CERTS: \"true\"\n";

json::Value metadataOf(std::string_view ns, std::string_view name) {
  auto metadata = json::Value::object({{"name", name}});
  if (!ns.empty()) metadata.set("namespace", ns);
  return metadata;
}

json::Value annotationsOf(const WorkloadShape& workload) {
  auto annotations = json::Value::object();
  auto config = workload.proxyConfig;
  if (workload.opaque == OpaqueKind::spire) config = spireConfig;
  if (workload.opaque == OpaqueKind::files) config = filesConfig;
  if (!config.empty()) annotations.set("proxy.istio.io/config", config);
  if (workload.role == ProxyRole::gateway) annotations.set("inject.istio.io/templates", "gateway");
  if (workload.opaque == OpaqueKind::proxylessGrpc)
    annotations.set("inject.istio.io/templates", "grpc-agent");
  if (!workload.version.empty())
    annotations.set("sidecar.istio.io/proxyImage", "docker.io/istio/proxyv2:" + workload.version);
  return annotations;
}

json::Value labelsOf(const WorkloadShape& workload) {
  auto labels = json::Value::object({{"app", workload.name}});
  if (workload.role == ProxyRole::gateway) {
    labels.set("istio", workload.name);
    labels.set("sidecar.istio.io/inject", "true");
  }
  return labels;
}

/// A gateway's proxy is its only container; others have an application beside it.
json::Value containersOf(const WorkloadShape& workload) {
  if (workload.role == ProxyRole::gateway)
    return json::Array{json::Value::object({{"name", "istio-proxy"}, {"image", "auto"}})};
  auto app = json::Value::object({{"name", "app"}, {"image", "docker.io/fortio/fortio:1.69.5"}});
  app.set("ports", json::Array{json::Value::object({{"containerPort", 8080}, {"protocol", "TCP"}})});
  return json::Array{app};
}

json::Value templateOf(const WorkloadShape& workload) {
  auto metadata = json::Value::object({{"labels", labelsOf(workload)}});
  const auto annotations = annotationsOf(workload);
  if (!annotations.members().empty()) metadata.set("annotations", annotations);
  auto spec = json::Value::object({{"containers", containersOf(workload)},
                                   {"serviceAccountName", "default"},
                                   {"terminationGracePeriodSeconds", 30}});
  if (workload.kind == "Job") spec.set("restartPolicy", "Never");
  return json::Value::object({{"metadata", metadata}, {"spec", spec}});
}

json::Value specOf(const WorkloadShape& workload) {
  auto spec = json::Value::object();
  if (workload.kind == "Job") {
    spec.set("parallelism", workload.replicas);
    spec.set("completions", workload.replicas);
    spec.set("template", templateOf(workload));
    return spec;
  }
  if (workload.kind != "DaemonSet") spec.set("replicas", workload.replicas);
  if (workload.paused) spec.set("paused", true);
  spec.set("selector", json::Value::object({{"matchLabels", json::Value::object({{"app", workload.name}})}}));
  if (workload.kind == "StatefulSet") spec.set("serviceName", workload.name);
  const auto strategy = workload.strategy.empty() ? "RollingUpdate" : workload.strategy;
  spec.set(workload.kind == "Deployment" ? "strategy" : "updateStrategy",
           json::Value::object({{"type", strategy}}));
  spec.set("template", templateOf(workload));
  return spec;
}

}  // namespace

json::Value namespaceOf(std::string_view name, bool meshed) {
  auto labels = json::Value::object({{"kubernetes.io/metadata.name", name}});
  if (meshed) labels.set("istio-injection", "enabled");
  auto metadata = metadataOf("", name);
  metadata.set("labels", labels);
  return json::Value::object({{"apiVersion", "v1"},
                              {"kind", "Namespace"},
                              {"metadata", metadata},
                              {"spec", json::Value::object({{"finalizers", json::Array{"kubernetes"}}})},
                              {"status", json::Value::object({{"phase", "Active"}})}});
}

json::Value serviceOf(std::string_view ns, std::string_view name, const json::Value& selector, int port) {
  const auto entry =
      json::Value::object({{"name", port == 80 ? "http" : "https-dns"}, {"port", port}, {"protocol", "TCP"}});
  auto service = json::Value::object(
      {{"apiVersion", "v1"},
       {"kind", "Service"},
       {"metadata", metadataOf(ns, name)},
       {"spec", json::Value::object({{"selector", selector}, {"ports", json::Array{entry}}})}});
  setServiceDefaults(service);
  return service;
}

json::Value customType(const std::string& group, std::string_view kind, const std::string& plural,
                       bool namespaced) {
  auto version =
      json::Value::object({{"name", "v1"},
                           {"served", true},
                           {"storage", true},
                           {"subresources", json::Value::object({{"status", json::Value::object()}})}});
  std::string singular(kind);
  for (auto& letter : singular) letter = char(std::tolower(static_cast<unsigned char>(letter)));
  return json::Value::object(
      {{"apiVersion", "apiextensions.k8s.io/v1"},
       {"kind", "CustomResourceDefinition"},
       {"metadata", metadataOf("", plural + "." + group)},
       {"spec", json::Value::object({{"group", group},
                                     {"scope", namespaced ? "Namespaced" : "Cluster"},
                                     {"names", json::Value::object({{"kind", kind},
                                                                    {"listKind", std::string(kind) + "List"},
                                                                    {"plural", plural},
                                                                    {"singular", singular}})},
                                     {"versions", json::Array{version}}})}});
}

json::Value workloadObject(const WorkloadShape& workload) {
  const bool core = workload.kind == "Pod", batch = workload.kind == "Job";
  auto object = json::Value::object({{"apiVersion", core    ? "v1"
                                                    : batch ? "batch/v1"
                                                            : "apps/v1"},
                                     {"kind", workload.kind}});
  auto metadata = metadataOf(workload.ns, workload.name);
  if (core) {
    const auto pod = templateOf(workload);
    metadata.set("labels", pod["metadata"]["labels"]);
    if (pod["metadata"].has("annotations")) metadata.set("annotations", pod["metadata"]["annotations"]);
    object.set("metadata", metadata);
    object.set("spec", pod["spec"]);
    return object;
  }
  metadata.set("labels", json::Value::object({{"app", workload.name}}));
  object.set("metadata", metadata);
  object.set("spec", specOf(workload));
  return object;
}

json::Value machineObject(const MachineShape& machine) {
  return json::Value::object(
      {{"apiVersion", "networking.istio.io/v1"},
       {"kind", "WorkloadEntry"},
       {"metadata", metadataOf(machine.ns, machine.name)},
       {"spec", json::Value::object({{"address", "192.0.2.10"}, {"serviceAccount", "default"}})}});
}

json::Value autoscalerObject(const AutoscalerShape& autoscaler) {
  const auto target =
      json::Value::object({{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", autoscaler.target}});
  return json::Value::object({{"apiVersion", "autoscaling/v2"},
                              {"kind", "HorizontalPodAutoscaler"},
                              {"metadata", metadataOf(autoscaler.ns, autoscaler.name)},
                              {"spec", json::Value::object({{"minReplicas", autoscaler.least},
                                                            {"maxReplicas", autoscaler.most},
                                                            {"scaleTargetRef", target}})}});
}

/// One that lets no pod go, as a real one that is shut does.
json::Value budgetObject(const BudgetShape& budget) {
  const auto selector =
      json::Value::object({{"matchLabels", json::Value::object({{"app", budget.workload}})}});
  return json::Value::object(
      {{"apiVersion", "policy/v1"},
       {"kind", "PodDisruptionBudget"},
       {"metadata", metadataOf(budget.ns, budget.name)},
       {"spec", json::Value::object({{"maxUnavailable", 0}, {"selector", selector}})},
       {"status", json::Value::object({{"expectedPods", 1}, {"disruptionsAllowed", 0}})}});
}

}  // namespace rehearsal
