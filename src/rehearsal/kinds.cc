#include "rehearsal/kinds.h"

#include <algorithm>

namespace rehearsal {
namespace {

using json::Value;

constexpr bool inCluster = false, inNamespaces = true;

ApiKind kind(std::string group, std::string version, std::string plural, std::string kind,
             std::string singular, std::vector<std::string> shortNames, bool namespaced,
             bool hasStatus = false, bool scales = false, bool all = false) {
  ApiKind made{std::move(group), std::move(version), std::move(plural), std::move(kind), std::move(singular)};
  made.shortNames = std::move(shortNames);
  if (all) made.categories = {"all"};
  made.namespaced = namespaced;
  made.hasStatus = hasStatus;
  made.scales = scales;
  return made;
}

const std::vector<ApiKind>& builtIn() {
  static const std::vector<ApiKind> kinds{
      kind("", "v1", "configmaps", "ConfigMap", "configmap", {"cm"}, inNamespaces),
      kind("", "v1", "endpoints", "Endpoints", "endpoints", {"ep"}, inNamespaces),
      kind("", "v1", "events", "Event", "event", {"ev"}, inNamespaces),
      kind("", "v1", "namespaces", "Namespace", "namespace", {"ns"}, inCluster, true),
      kind("", "v1", "nodes", "Node", "node", {"no"}, inCluster, true),
      kind("", "v1", "pods", "Pod", "pod", {"po"}, inNamespaces, true, false, true),
      kind("", "v1", "secrets", "Secret", "secret", {}, inNamespaces),
      kind("", "v1", "serviceaccounts", "ServiceAccount", "serviceaccount", {"sa"}, inNamespaces),
      kind("", "v1", "services", "Service", "service", {"svc"}, inNamespaces, true, false, true),
      kind("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations",
           "MutatingWebhookConfiguration", "mutatingwebhookconfiguration", {}, inCluster),
      kind("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations",
           "ValidatingWebhookConfiguration", "validatingwebhookconfiguration", {}, inCluster),
      kind("apiextensions.k8s.io", "v1", "customresourcedefinitions", "CustomResourceDefinition",
           "customresourcedefinition", {"crd", "crds"}, inCluster, true),
      kind("apps", "v1", "controllerrevisions", "ControllerRevision", "controllerrevision", {}, inNamespaces),
      kind("apps", "v1", "daemonsets", "DaemonSet", "daemonset", {"ds"}, inNamespaces, true, false, true),
      kind("apps", "v1", "deployments", "Deployment", "deployment", {"deploy"}, inNamespaces, true, true,
           true),
      kind("apps", "v1", "replicasets", "ReplicaSet", "replicaset", {"rs"}, inNamespaces, true, true, true),
      kind("apps", "v1", "statefulsets", "StatefulSet", "statefulset", {"sts"}, inNamespaces, true, true,
           true),
      kind("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler",
           "horizontalpodautoscaler", {"hpa"}, inNamespaces, true, false, true),
      kind("batch", "v1", "cronjobs", "CronJob", "cronjob", {"cj"}, inNamespaces, true, false, true),
      kind("batch", "v1", "jobs", "Job", "job", {}, inNamespaces, true, false, true),
      kind("coordination.k8s.io", "v1", "leases", "Lease", "lease", {}, inNamespaces),
      kind("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", "endpointslice", {}, inNamespaces),
      kind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "poddisruptionbudget", {"pdb"},
           inNamespaces, true),
      kind("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding",
           "clusterrolebinding", {}, inCluster),
      kind("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole", "clusterrole", {}, inCluster),
      kind("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding", "rolebinding", {}, inNamespaces),
      kind("rbac.authorization.k8s.io", "v1", "roles", "Role", "role", {}, inNamespaces),
  };
  return kinds;
}

std::vector<std::string> texts(const Value& list) {
  std::vector<std::string> all;
  for (const Value& each : list.items()) all.emplace_back(each.text());
  return all;
}

/// Those of one CustomResourceDefinition.
void addCustom(std::vector<ApiKind>& kinds, const Value& definition) {
  const Value& spec = definition["spec"];
  const Value& names = spec["names"];
  for (const Value& version : spec["versions"].items()) {
    if (!version["served"].boolean().value_or(true)) continue;
    ApiKind made{std::string(spec["group"].text()), std::string(version["name"].text()),
                 std::string(names["plural"].text()), std::string(names["kind"].text()),
                 std::string(names["singular"].text())};
    made.shortNames = texts(names["shortNames"]);
    made.categories = texts(names["categories"]);
    made.namespaced = spec["scope"].text() != "Cluster";
    made.hasStatus = version["subresources"].has("status");
    made.scales = version["subresources"].has("scale");
    made.custom = true;
    kinds.push_back(std::move(made));
  }
}

}  // namespace

std::vector<ApiKind> allKinds(const Store& store) {
  std::vector<ApiKind> kinds = builtIn();
  for (const Value* definition : store.list("apiextensions.k8s.io", "customresourcedefinitions", ""))
    addCustom(kinds, *definition);
  return kinds;
}

std::optional<ApiKind> findKind(const Store& store, std::string_view group, std::string_view version,
                                std::string_view plural) {
  const auto fits = [&](const ApiKind& each) {
    return each.group == group && each.version == version && each.plural == plural;
  };
  const auto& known = builtIn();
  if (const auto found = std::find_if(known.begin(), known.end(), fits); found != known.end()) return *found;
  const Value* definition = store.find({"apiextensions.k8s.io", "customresourcedefinitions", "",
                                        std::string(plural) + "." + std::string(group)});
  if (definition == nullptr) return std::nullopt;
  std::vector<ApiKind> custom;
  addCustom(custom, *definition);
  const auto found = std::find_if(custom.begin(), custom.end(), fits);
  return found == custom.end() ? std::nullopt : std::optional(*found);
}

}  // namespace rehearsal
