#include "rehearsal/pod_maker.h"

#include <fmt/format.h>

#include "rehearsal/objects.h"
#include "rehearsal/pod_status.h"

namespace rehearsal {
namespace {

using json::Value;

/// kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_PodSpec, and the service account's admission.
void setSpecDefaults(Value& spec) {
  const auto account = spec["serviceAccountName"].text();
  if (account.empty())
    spec.set("serviceAccountName", spec.has("serviceAccount") ? spec["serviceAccount"] : "default");
  spec.set("serviceAccount", spec["serviceAccountName"]);
  setDefault(spec, "restartPolicy", "Always");
  setDefault(spec, "dnsPolicy", "ClusterFirst");
  setDefault(spec, "terminationGracePeriodSeconds", 30);
  setDefault(spec, "schedulerName", "default-scheduler");
}

Value podOf(PodPlan&& plan) {
  auto metadata = Value::object();
  metadata.set(plan.name.empty() ? "generateName" : "name",
               plan.name.empty() ? plan.generateName : plan.name);
  metadata.set("namespace", plan.ns);
  auto labels = plan.podTemplate["metadata"]["labels"];
  for (auto& [name, value] : plan.labels) labels.set(name, std::move(value));
  if (labels.isObject()) metadata.set("labels", std::move(labels));
  if (const auto& annotations = plan.podTemplate["metadata"]["annotations"]; annotations.isObject())
    metadata.set("annotations", annotations);
  metadata.set("ownerReferences", std::move(plan.owners));
  auto pod = Value::object({{"apiVersion", "v1"},
                            {"kind", "Pod"},
                            {"metadata", std::move(metadata)},
                            {"spec", plan.podTemplate["spec"]}});
  setPodDefaults(pod);
  return pod;
}

}  // namespace

base::Status PodMaker::makeFor(std::string_view apiVersion, std::string_view kind, const json::Value& owner) {
  const auto& metadata = owner["metadata"];
  return make({.podTemplate = owner["spec"]["template"],
               .ns = std::string(metadata["namespace"].text()),
               .name = "",
               .generateName = std::string(metadata["name"].text()) + "-",
               .owners = controlledBy(apiVersion, kind, owner)});
}

base::Status PodMaker::make(PodPlan plan) {
  const Key key{"", "pods", plan.ns, plan.name};
  const auto* ns = store_.find({"", "namespaces", "", plan.ns});
  if (ns == nullptr || terminating(*ns)) {
    return base::fail({base::Kind::forbidden,
                       fmt::format("pods \"{}\" is forbidden: unable to create new content in namespace {} "
                                   "because it is being terminated",
                                   plan.name, plan.ns)});
  }
  auto node = plan.node;
  auto pod = podOf(std::move(plan));
  TRY_ASSIGN(pod, programs_.admit(std::move(pod)));
  ensureServiceAccount(store_, key.ns, std::string(pod["spec"]["serviceAccountName"].text()));
  if (node.empty()) node = scheduler_.pick();
  if (!node.empty()) pod.at("spec").set("nodeName", node);
  pod.set("status", pendingStatus(pod));  // with its node
  TRY(store_.create(key, std::move(pod), "kube-controller-manager"));
  return {};
}

void setPodDefaults(Value& pod) {
  setSpecDefaults(pod.at("spec"));
  pod.set("status", pendingStatus(pod));
}

void ensureServiceAccount(Store& store, const std::string& ns, const std::string& name) {
  const Key key{"", "serviceaccounts", ns, name};
  if (name.empty() || store.find(key) != nullptr) return;
  static_cast<void>(
      store.create(key,
                   Value::object({{"apiVersion", "v1"},
                                  {"kind", "ServiceAccount"},
                                  {"metadata", Value::object({{"name", name}, {"namespace", ns}})}}),
                   "kube-controller-manager"));
}

}  // namespace rehearsal
