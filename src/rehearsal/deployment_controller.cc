#include "rehearsal/deployment_controller.h"

#include <algorithm>
#include <charconv>

#include "rehearsal/objects.h"
#include "rehearsal/rolling_update.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr const char* manager = "kube-controller-manager";
constexpr const char* hashLabel = "pod-template-hash";
constexpr const char* revision = "deployment.kubernetes.io/revision";
constexpr const char* desired = "deployment.kubernetes.io/desired-replicas";
constexpr const char* most = "deployment.kubernetes.io/max-replicas";
constexpr base::Millis deploymentDelay{40};

std::int64_t annotated(const Value& object, std::string_view annotation) {
  const auto text = object["metadata"]["annotations"][annotation].text();
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string hashOf(const Value& object) {
  return std::string(object["metadata"]["labels"][hashLabel].text());
}

std::int64_t wantedBy(const std::vector<Object>& sets) {
  std::int64_t sum = 0;
  for (const auto& set : sets) sum += replicasOf(*set);
  return sum;
}

Share shareOf(const Object& set) {
  if (!set) return {};
  return {replicasOf(*set), (*set)["status"]["availableReplicas"].integer().value_or(0)};
}

/// Annotations of a replica set that say which size it is a part of.
void annotateSize(Value& set, const Limits& limits) {
  auto& annotations = set.at("metadata").at("annotations");
  annotations.set(desired, std::to_string(limits.replicas));
  annotations.set(most, std::to_string(limits.replicas + limits.surge));
}

/// The replicas have changed since its sets were sized (kubernetes: sync.go isScalingEvent).
bool isScaled(const Value& deployment, const ReplicaSets& sets) {
  const auto all = sets.all();
  return std::any_of(all.begin(), all.end(), [&](const Object& set) {
    return replicasOf(*set) > 0 && (*set)["metadata"]["annotations"].has(desired) &&
           annotated(*set, desired) != replicasOf(deployment);
  });
}

Value replicaSetOf(const Value& deployment, const std::string& hash) {
  const auto& metadata = deployment["metadata"];
  const auto& spec = deployment["spec"];
  auto podTemplate = spec["template"];
  podTemplate.at("metadata").at("labels").set(hashLabel, hash);
  auto selector = spec["selector"];
  selector.at("matchLabels").set(hashLabel, hash);
  auto set = Value::object(
      {{"apiVersion", "apps/v1"},
       {"kind", "ReplicaSet"},
       {"metadata", Value::object({{"name", std::string(metadata["name"].text()) + "-" + hash},
                                   {"namespace", metadata["namespace"]},
                                   {"labels", podTemplate["metadata"]["labels"]},
                                   {"annotations", Value::object()},
                                   {"ownerReferences", controlledBy("apps/v1", "Deployment", deployment)}})},
       {"spec", Value::object({{"selector", std::move(selector)}, {"template", std::move(podTemplate)}})}});
  if (spec.has("minReadySeconds")) set.at("spec").set("minReadySeconds", spec["minReadySeconds"]);
  return set;
}

}  // namespace

DeploymentController::DeploymentController(Simulation& simulation, Store& store, Owned& owned)
    : simulation_(simulation),
      store_(store),
      owned_(owned),
      queue_(simulation, deploymentDelay, [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void DeploymentController::see(const Change& change) {
  const auto owner = [&](const Value& object) -> Key {
    return {"apps", "deployments", change.key.ns, std::string(controllerOf(object)["name"].text())};
  };
  if (change.key.group == "apps" && change.key.plural == "deployments") {
    if (change.kind != Change::Kind::removed) queue_.add(change.key);
  } else if (change.key.group == "apps" && change.key.plural == "replicasets") {
    if (controllerOf(*change.object)["kind"].text() == "Deployment") queue_.add(owner(*change.object));
  } else if (change.key.plural == "pods" && change.kind == Change::Kind::removed) {
    // Recreate waits for the last of the old pods.
    const auto& set = controllerOf(*change.object);
    if (set["kind"].text() != "ReplicaSet") return;
    const auto* found = store_.find({"apps", "replicasets", change.key.ns, std::string(set["name"].text())});
    if (found != nullptr && controllerOf(*found)["kind"].text() == "Deployment") queue_.add(owner(*found));
  }
}

base::Status DeploymentController::sync(const Key& key) {
  const auto deployment = store_.get(key);
  if (!deployment || terminating(*deployment)) return {};
  auto sets = setsOf(*deployment);
  TRY(act(*deployment, sets));
  return tell(key, sets);
}

ReplicaSets DeploymentController::setsOf(const Value& deployment) const {
  ReplicaSets sets;
  sets.others = owned_.by(uidOf(deployment), "replicasets");
  std::stable_sort(sets.others.begin(), sets.others.end(), [](const Object& a, const Object& b) {
    return (*a)["metadata"]["creationTimestamp"].text() < (*b)["metadata"]["creationTimestamp"].text();
  });
  const auto hash = templateHash(deployment["spec"]["template"]);
  const auto found = std::find_if(sets.others.begin(), sets.others.end(),
                                  [&](const Object& set) { return hashOf(*set) == hash; });
  if (found != sets.others.end()) {
    sets.newest = *found;
    sets.others.erase(found);
  }
  return sets;
}

base::Status DeploymentController::act(const Value& deployment, ReplicaSets& sets) {
  if (deployment["spec"]["paused"].boolean().value_or(false) || isScaled(deployment, sets))
    return rescale(deployment, sets);
  if (deployment["spec"]["strategy"]["type"].text() == "Recreate") return recreate(deployment, sets);
  return roll(deployment, sets);
}

base::Status DeploymentController::create(const Value& deployment, ReplicaSets& sets, std::int64_t replicas) {
  auto set = replicaSetOf(deployment, templateHash(deployment["spec"]["template"]));
  set.at("spec").set("replicas", replicas);
  annotateSize(set, limitsOf(deployment["spec"]));
  const auto key = keyOf("apps", "replicasets", set);
  TRY(store_.create(key, std::move(set), manager));
  sets.newest = store_.get(key);
  return {};
}

base::Status DeploymentController::markRevision(const Value& deployment, ReplicaSets& sets) {
  std::int64_t last = 0;
  for (const auto& set : sets.others) last = std::max(last, annotated(*set, revision));
  const auto key = keyOf("apps", "replicasets", *sets.newest);
  if (annotated(*sets.newest, revision) <= last) {
    auto set = *sets.newest;
    set.at("metadata").at("annotations").set(revision, std::to_string(last + 1));
    TRY(store_.update(key, std::move(set), manager));
    sets.newest = store_.get(key);
  }
  const auto& mark = (*sets.newest)["metadata"]["annotations"][revision];
  if (deployment["metadata"]["annotations"][revision] == mark) return {};
  auto marked = deployment;
  marked.at("metadata").at("annotations").set(revision, mark);
  TRY(store_.update(keyOf("apps", "deployments", deployment), std::move(marked), manager));
  return {};
}

base::Status DeploymentController::roll(const Value& deployment, ReplicaSets& sets) {
  const auto limits = limitsOf(deployment["spec"]);
  if (!sets.newest) TRY(create(deployment, sets, grown(limits, {}, wantedBy(sets.others))));
  TRY(markRevision(deployment, sets));
  const auto newest = shareOf(sets.newest);
  const auto size = grown(limits, newest, newest.wanted + wantedBy(sets.others));
  if (size != newest.wanted) return resize(deployment, sets.newest, size);
  std::vector<Share> others;
  for (const auto& set : sets.others) others.push_back(shareOf(set));
  const auto sizes = shrunk(limits, newest, others);
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] != others[i].wanted) TRY(resize(deployment, sets.others[i], sizes[i]));
  }
  return forgetOld(deployment, sets);
}

base::Status DeploymentController::recreate(const Value& deployment, ReplicaSets& sets) {
  for (auto& set : sets.others) {
    if (replicasOf(*set) > 0) TRY(resize(deployment, set, 0));
    for (const auto& pod : owned_.by(uidOf(*set), "pods")) {
      const auto phase = (*pod)["status"]["phase"].text();
      if (phase != "Succeeded" && phase != "Failed") return {};  // even one that is being deleted
    }
  }
  if (!sets.newest) TRY(create(deployment, sets, replicasOf(deployment)));
  TRY(markRevision(deployment, sets));
  if (replicasOf(*sets.newest) != replicasOf(deployment))
    TRY(resize(deployment, sets.newest, replicasOf(deployment)));
  return forgetOld(deployment, sets);
}

base::Status DeploymentController::rescale(const Value& deployment, ReplicaSets& sets) {
  const auto limits = limitsOf(deployment["spec"]);
  std::vector<Object*> active;
  for (auto& set : sets.others) {
    if (replicasOf(*set) > 0) active.push_back(&set);
  }
  if (sets.newest && replicasOf(*sets.newest) > 0) active.push_back(&sets.newest);
  if (active.empty() && sets.newest) active.push_back(&sets.newest);
  if (active.empty() && !sets.others.empty()) active.push_back(&sets.others.back());
  if (active.empty()) return {};
  if (active.size() == 1) return resize(deployment, *active.front(), limits.replicas);
  const auto newest = shareOf(sets.newest);
  if (sets.newest && newest.wanted == limits.replicas && newest.available == limits.replicas &&
      annotated(*sets.newest, desired) == limits.replicas) {
    for (auto& set : sets.others) TRY(resize(deployment, set, 0));
    return {};
  }
  if (deployment["spec"]["strategy"]["type"].text() == "Recreate") return {};
  const bool grows = limits.replicas + limits.surge > wantedBy(sets.all());
  std::reverse(active.begin(), active.end());  // the newest first among equals
  if (!grows) std::reverse(active.begin(), active.end());
  std::stable_sort(active.begin(), active.end(),
                   [](const Object* a, const Object* b) { return replicasOf(**a) > replicasOf(**b); });
  std::vector<Resize> shares;
  for (const auto* set : active) shares.push_back({replicasOf(**set), annotated(**set, most)});
  const auto sizes = rescaled(limits, shares);
  for (std::size_t i = 0; i < active.size(); ++i) TRY(resize(deployment, *active[i], sizes[i]));
  return {};
}

base::Status DeploymentController::resize(const Value& deployment, Object& set, std::int64_t replicas) {
  auto sized = *set;
  sized.at("spec").set("replicas", replicas);
  annotateSize(sized, limitsOf(deployment["spec"]));
  const auto key = keyOf("apps", "replicasets", sized);
  TRY(store_.update(key, std::move(sized), manager));
  set = store_.get(key);
  return {};
}

base::Status DeploymentController::forgetOld(const Value& deployment, const ReplicaSets& sets) {
  const auto kept = static_cast<std::size_t>(
      std::max<std::int64_t>(deployment["spec"]["revisionHistoryLimit"].integer().value_or(10), 0));
  if (sets.others.size() <= kept) return {};
  for (std::size_t i = 0; i < sets.others.size() - kept; ++i) {
    const auto& set = *sets.others[i];
    if (replicasOf(set) > 0 || set["status"]["replicas"].integer().value_or(0) > 0) continue;
    TRY(store_.remove(keyOf("apps", "replicasets", set)));
  }
  return {};
}

base::Status DeploymentController::tell(const Key& key, const ReplicaSets& sets) {
  const auto deployment = store_.get(key);
  if (!deployment) return {};
  auto told = *deployment;
  told.set("status", deploymentStatus(*deployment, sets, simulation_.now()));
  TRY(store_.update(key, std::move(told), manager, true));
  if (const auto deadline = progressDeadline(*store_.find(key)))
    queue_.addAfter(key, std::max(*deadline + base::Seconds(1) - simulation_.now(), base::Seconds(1)));
  return {};
}

}  // namespace rehearsal
