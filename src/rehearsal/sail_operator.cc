#include "rehearsal/sail_operator.h"

#include <fmt/format.h>

#include <algorithm>

#include "json/yaml.h"
#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr base::Millis sailDelay{1'500};
constexpr const char* sailManager = "sail-operator";
constexpr const char* group = "sailoperator.io";

std::string namespaceOf(const Value& istio) {
  const auto ns = istio["spec"]["namespace"].text();
  return ns.empty() ? "istio-system" : std::string(ns);
}

/// The active IstioRevision (sail-operator: controllers/istio/istio_controller.go getActiveRevisionName).
std::string activeRevision(const Value& istio) {
  const std::string name(istio["metadata"]["name"].text());
  if (istio["spec"]["updateStrategy"]["type"].text() != "RevisionBased") return name;
  std::string version(istio["spec"]["version"].text());
  std::replace(version.begin(), version.end(), '.', '-');
  return name + "-" + version;
}

/// "istiod" for the revision "default", "istiod-<revision>" for others.
std::string named(std::string_view what, const std::string& revision) {
  return revision == "default" ? std::string(what) : fmt::format("{}-{}", what, revision);
}

void setEnv(Value& container, std::string_view name, const Value& value) {
  auto env = container["env"].items();
  const auto found =
      std::find_if(env.begin(), env.end(), [&](const Value& entry) { return entry["name"].text() == name; });
  if (found != env.end()) {
    found->set("value", value);
  } else {
    env.push_back(Value::object({{"name", name}, {"value", value}}));
  }
  container.set("env", Value::array(std::move(env)));
}

void dropEnv(Value& container, std::string_view name) {
  auto env = container["env"].items();
  std::erase_if(env, [&](const Value& entry) { return entry["name"].text() == name; });
  container.set("env", Value::array(std::move(env)));
}

/// With the transition's time of before where nothing has changed.
Value sailCondition(const Value& before, std::string_view type, bool holds, const std::string& now,
                    std::string_view reason, std::string_view message) {
  for (const auto& old : before["status"]["conditions"].items()) {
    if (old["type"].text() == type && old["status"].text() == (holds ? "True" : "False") &&
        old["reason"].text() == reason && old["message"].text() == message)
      return old;
  }
  auto made = Value::object({{"type", type},
                             {"status", holds ? "True" : "False"},
                             {"lastTransitionTime", now},
                             {"reason", reason}});
  if (!message.empty()) made.set("message", message);
  return made;
}

}  // namespace

Value merged(Value under, const Value& over) {
  if (!under.isObject() || !over.isObject()) return over;
  for (const auto& [name, value] : over.members()) {
    if (value.isNull()) {
      under.erase(name);
    } else {
      under.set(name, merged(under[name], value));
    }
  }
  return under;
}

SailOperator::SailOperator(Simulation& simulation, Store& store)
    : simulation_(simulation),
      store_(store),
      queue_(simulation, sailDelay, [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void SailOperator::see(const Change& change) {
  if (change.key.group == group && change.key.plural == "istios") {
    if (change.kind == Change::Kind::removed) {
      applied_.erase(change.key);
    } else if (change.kind == Change::Kind::added ||
               !((*change.object)["spec"] == (*change.before)["spec"])) {
      queue_.add(change.key);
    }
    return;
  }
  // What it has made: the status too, for its own.
  const bool istiod = change.key.group == "apps" && change.key.plural == "deployments" &&
                      change.key.name.starts_with("istiod");
  const bool config = change.key.group.empty() && change.key.plural == "configmaps" &&
                      (change.key.name == "istio" || change.key.name.starts_with("istio-"));
  if (!istiod && !config) return;
  for (const auto& [key, applied] : applied_) {
    const auto* istio = store_.find(key);
    if (istio != nullptr && namespaceOf(*istio) == change.key.ns) queue_.add(key);
  }
}

base::Status SailOperator::sync(const Key& key) {
  const auto istio = store_.get(key);
  if (!istio) return {};
  const auto ns = namespaceOf(*istio);
  const auto revision = activeRevision(*istio);
  const Key deployment{"apps", "deployments", ns, named("istiod", revision)};
  auto& applied = applied_[key];
  const auto& values = (*istio)["spec"]["values"];
  TRY(applyMeshConfig({"", "configmaps", ns, named("istio", revision)}, values, applied));
  TRY(applyDeployment(deployment, values, applied));
  return tell(key, deployment, revision);
}

base::Status SailOperator::applyDeployment(const Key& key, const Value& values, Applied& applied) {
  const auto deployment = store_.get(key);
  if (!deployment) return {};
  auto wanted = *deployment;
  const auto& env = values["pilot"]["env"].members();
  auto containers = wanted["spec"]["template"]["spec"]["containers"].items();
  for (auto& container : containers) {
    if (container["name"].text() != "discovery") continue;
    for (const auto& name : applied.env) {
      if (!values["pilot"]["env"].has(name)) dropEnv(container, name);
    }
    for (const auto& [name, value] : env) setEnv(container, name, value);
  }
  wanted.at("spec").at("template").at("spec").set("containers", Value::array(std::move(containers)));
  applied.env.clear();
  for (const auto& [name, value] : env) applied.env.insert(name);
  const auto& replicas = values["pilot"]["replicaCount"];
  if (replicas.integer() && !values["pilot"]["autoscaleEnabled"].boolean().value_or(false))
    wanted.at("spec").set("replicas", replicas);
  TRY(store_.update(key, std::move(wanted), sailManager));
  return {};
}

base::Status SailOperator::applyMeshConfig(const Key& key, const Value& values, Applied& applied) {
  const auto map = store_.get(key);
  if (!map) return {};
  const auto present = json::parseYaml((*map)["data"]["mesh"].text());
  if (!applied.seen && present) {
    applied.meshConfig = *present;
    applied.seen = true;
  }
  const auto& over = values["meshConfig"];
  const auto config = over.isObject() ? merged(applied.meshConfig, over) : applied.meshConfig;
  if (present && canonical(*present) == canonical(config)) return {};  // its bytes stay as they are
  auto edited = *map;
  edited.at("data").set("mesh", json::dumpYaml(config));
  TRY(store_.update(key, std::move(edited), sailManager));
  return {};
}

base::Status SailOperator::tell(const Key& key, const Key& deployment, const std::string& revision) {
  const auto istio = store_.get(key);
  if (!istio) return {};
  const auto* istiod = store_.find(deployment);
  const auto count = [&](const char* field) {
    return istiod == nullptr ? 0 : (*istiod)["status"][field].integer().value_or(0);
  };
  const auto* trouble = istiod == nullptr        ? "istiod Deployment not found"
                        : count("replicas") == 0 ? "istiod Deployment is scaled to zero replicas"
                        : count("readyReplicas") < count("replicas") ? "not all istiod pods are ready"
                                                                     : "";
  const bool ready = *trouble == '\0';
  const auto now = base::formatTime(simulation_.now());
  auto status = Value::object(
      {{"observedGeneration", (*istio)["metadata"]["generation"]},
       {"state", ready ? "Healthy" : "IstiodNotReady"},
       {"activeRevisionName", revision},
       {"revisions", Value::object({{"total", 1}, {"ready", ready ? 1 : 0}, {"inUse", 1}})},
       {"conditions",
        Value::array({sailCondition(*istio, "Reconciled", true, now, "Reconciled", ""),
                      sailCondition(*istio, "Ready", ready, now, ready ? "Ready" : "IstiodNotReady", trouble),
                      sailCondition(*istio, "DependenciesHealthy", true, now, "DependenciesHealthy", "")})}});
  TRY(store_.update(key, Value::object({{"status", std::move(status)}}), sailManager, true));
  return {};
}

}  // namespace rehearsal
