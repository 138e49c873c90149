#include "rehearsal/populate.h"

#include <algorithm>
#include <map>
#include <set>

#include "json/yaml.h"
#include "rehearsal/manifests.h"
#include "rehearsal/objects.h"
#include "rehearsal/plugged_ca.h"

namespace rehearsal {

namespace {

constexpr std::string_view kubectlManager = "kubectl";
constexpr std::string_view multiRootName = "ISTIO_MULTIROOT_MESH";
constexpr std::string_view xdsAgentName = "PROXY_CONFIG_XDS_AGENT";

base::Status create(Store& store, const json::Value& object) {
  const auto key = keyByKind(object);
  if (const auto made = store.create(key, object, kubectlManager); !made)
    return base::fail(made.error().context("making " + key.plural + " " + key.ns + "/" + key.name));
  return {};
}

base::Status createNamespace(Store& store, const std::string& name, bool meshed) {
  return create(store, namespaceOf(name, meshed));
}

base::Status createIstiod(Store& store, const Shape& shape, const IstiodShape& istiod) {
  TRY(create(store, meshConfigMap(shape, istiod)));
  TRY(create(store, injectionWebhook(shape, istiod)));
  for (const auto& configuration : validationWebhooks(shape, istiod)) TRY(create(store, configuration));
  TRY(create(store, istiodDeployment(shape, istiod)));
  return create(
      store, serviceOf(shape.istioNamespace, "istiod" + suffixOf(istiod),
                       json::Value::object({{"app", "istiod"}, {"istio.io/rev", istiod.revision}}), 15012));
}

/// A namespace may hold workloads though it asks for no injection, as a gateway's does.
std::set<std::string> namespacesOf(const Shape& shape) {
  std::set<std::string> all(shape.namespaces.begin(), shape.namespaces.end());
  for (const auto& workload : shape.workloads) all.insert(workload.ns);
  for (const auto& machine : shape.machines) all.insert(machine.ns);
  for (const auto& budget : shape.budgets) all.insert(budget.ns);
  return all;
}

bool meshed(const Shape& shape, const std::string& ns) {
  return std::find(shape.namespaces.begin(), shape.namespaces.end(), ns) != shape.namespaces.end();
}

/// The value at a path of members, each made where it is missing.
json::Value& within(json::Value& value, std::initializer_list<std::string_view> path) {
  auto* at = &value;
  for (const auto name : path) at = &at->at(name);
  return *at;
}

std::string_view text(bool on) {
  return on ? "true" : "false";
}

base::Status change(Store& store, const Key& key, const std::function<void(json::Value&)>& edit) {
  const auto* present = store.find(key);
  if (!present) return base::fail({base::Kind::failed, key.plural + " " + key.name + " is missing"});
  auto object = *present;
  edit(object);
  if (const auto done = store.update(key, std::move(object), kubectlManager); !done)
    return base::fail(done.error());
  return {};
}

/// The value of a variable in the first container's env.
void setEnv(json::Value& deployment, std::string_view name, std::string_view value) {
  auto& spec = within(deployment, {"spec", "template", "spec"});
  auto containers = spec["containers"].items();
  json::Array env;
  for (const auto& entry : containers.front()["env"].items()) {
    if (entry["name"].text() != name) env.push_back(entry);
  }
  env.push_back(json::Value::object({{"name", name}, {"value", value}}));
  containers.front().set("env", env);
  spec.set("containers", containers);
}

base::Status setInIstiod(Store& store, const Shape& shape, const IstiodShape& istiod, bool on) {
  TRY(change(store, {"apps", "deployments", shape.istioNamespace, istiod.name},
             [&](json::Value& deployment) { setEnv(deployment, multiRootName, text(on)); }));
  return change(store, {"", "configmaps", shape.istioNamespace, "istio" + suffixOf(istiod)},
                [&](json::Value& configMap) {
                  auto mesh = json::parseYaml(configMap["data"]["mesh"].text()).value_or(json::Value());
                  within(mesh, {"defaultConfig", "proxyMetadata", xdsAgentName}) = text(on);
                  within(configMap, {"data", "mesh"}) = json::dumpYaml(mesh);
                });
}

/// The pods of a Job at once, so that there are as many as its shape says; and those that stand alone.
base::Status createLonePods(Store& store, PodMaker& pods, const WorkloadShape& workload) {
  const auto object = workloadObject(workload);
  PodPlan plan{.podTemplate = object, .ns = workload.ns};
  if (workload.kind == "Job") {
    TRY_ASSIGN(const auto job, store.create(keyByKind(object), object, kubectlManager));
    plan.podTemplate = object["spec"]["template"];
    plan.owners = controlledBy("batch/v1", "Job", *job);
  }
  for (int i = 0; i < workload.replicas; ++i) {
    if (workload.kind == "Job" || i > 0) {
      plan.name.clear();
      plan.generateName = workload.name + "-";
    } else {
      plan.name = workload.name;
    }
    TRY(pods.make(plan));
  }
  return {};
}

}  // namespace

Key keyByKind(const json::Value& object) {
  static const std::map<std::string, std::string, std::less<>> plurals{
      {"Namespace", "namespaces"},
      {"ServiceAccount", "serviceaccounts"},
      {"Service", "services"},
      {"Secret", "secrets"},
      {"ConfigMap", "configmaps"},
      {"Pod", "pods"},
      {"Deployment", "deployments"},
      {"StatefulSet", "statefulsets"},
      {"DaemonSet", "daemonsets"},
      {"Job", "jobs"},
      {"MutatingWebhookConfiguration", "mutatingwebhookconfigurations"},
      {"ValidatingWebhookConfiguration", "validatingwebhookconfigurations"},
      {"HorizontalPodAutoscaler", "horizontalpodautoscalers"},
      {"PodDisruptionBudget", "poddisruptionbudgets"},
      {"WorkloadEntry", "workloadentries"},
      {"CustomResourceDefinition", "customresourcedefinitions"},
      {"Istio", "istios"}};
  const auto version = object["apiVersion"].text();
  const auto slash = version.find('/');
  const auto plural = plurals.find(object["kind"].text());
  return {slash == std::string_view::npos ? "" : std::string(version.substr(0, slash)),
          plural == plurals.end() ? "" : plural->second, std::string(object["metadata"]["namespace"].text()),
          std::string(object["metadata"]["name"].text())};
}

base::Status createControlPlane(Store& store, const Shape& shape, base::Time now) {
  for (const auto* name : {"kube-system", "kube-public", "kube-node-lease", "default"})
    TRY(createNamespace(store, name, false));
  TRY(createNamespace(store, shape.istioNamespace, false));
  ensureServiceAccount(store, shape.istioNamespace, "istiod");
  for (const auto& ns : namespacesOf(shape)) {
    if (ns != "default" && ns != shape.istioNamespace) TRY(createNamespace(store, ns, meshed(shape, ns)));
  }
  if (shape.pluggedIn) {
    TRY_ASSIGN(const auto secret, pluggedCaSecret(shape.istioNamespace, now));
    TRY(create(store, secret));
  }
  TRY(create(store, customType("networking.istio.io", "WorkloadEntry", "workloadentries", true)));
  if (shape.sail) {
    TRY(create(store, customType("sailoperator.io", "Istio", "istios", false)));
    TRY(create(store, customType("sailoperator.io", "IstioRevision", "istiorevisions", false)));
  }
  for (const auto& istiod : shape.istiods) TRY(createIstiod(store, shape, istiod));
  if (shape.sail) TRY(create(store, istioResource(shape)));
  return {};
}

base::Status setMultiRoot(Store& store, const Shape& shape, bool on) {
  if (!shape.sail) {
    for (const auto& istiod : shape.istiods) TRY(setInIstiod(store, shape, istiod, on));
    return {};
  }
  return change(store, {"sailoperator.io", "istios", "", "default"}, [&](json::Value& istio) {
    auto& values = within(istio, {"spec", "values"});
    within(values, {"pilot", "env", multiRootName}) = text(on);
    within(values, {"meshConfig", "defaultConfig", "proxyMetadata", xdsAgentName}) = text(on);
  });
}

base::Status createWorkloads(Store& store, PodMaker& pods, const Shape& shape, bool xdsAgent) {
  for (const auto& workload : shape.workloads) {
    if (workload.xdsAgent != xdsAgent) continue;
    if (workload.kind == "Pod" || workload.kind == "Job") {
      TRY(createLonePods(store, pods, workload));
      continue;
    }
    TRY(create(store, workloadObject(workload)));
    if (workload.kind == "DaemonSet") continue;
    TRY(create(store,
               serviceOf(workload.ns, workload.name, json::Value::object({{"app", workload.name}}), 80)));
  }
  return {};
}

base::Status createSurroundings(Store& store, const Shape& shape) {
  for (const auto& machine : shape.machines) TRY(create(store, machineObject(machine)));
  for (const auto& autoscaler : shape.autoscalers) TRY(create(store, autoscalerObject(autoscaler)));
  for (const auto& budget : shape.budgets) TRY(create(store, budgetObject(budget)));
  return {};
}

}  // namespace rehearsal
