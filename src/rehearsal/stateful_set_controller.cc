#include "rehearsal/stateful_set_controller.h"

#include <charconv>

#include "rehearsal/objects.h"
#include "rehearsal/replica_set_controller.h"
#include "rehearsal/revisions.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr base::Millis statefulSetDelay{50};

std::string nameOf(const Value& set, std::int64_t ordinal) {
  return std::string(set["metadata"]["name"].text()) + "-" + std::to_string(ordinal);
}

std::string_view revisionOf(const Value& pod) {
  return pod["metadata"]["labels"][revisionLabel].text();
}

std::int64_t partitionOf(const Value& set) {
  return set["spec"]["updateStrategy"]["rollingUpdate"]["partition"].integer().value_or(0);
}

bool onDelete(const Value& set) {
  return set["spec"]["updateStrategy"]["type"].text() == "OnDelete";
}

bool ended(const Value& pod) {
  const auto phase = pod["status"]["phase"].text();
  return phase == "Failed" || phase == "Succeeded";
}

std::int64_t ordinalOf(const Value& pod) {
  const auto name = pod["metadata"]["name"].text();
  const auto digits = name.substr(name.rfind('-') + 1);
  std::int64_t ordinal = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), ordinal);
  return ordinal;
}

}  // namespace

StatefulSetController::StatefulSetController(Simulation& simulation, Store& store, Owned& owned,
                                             PodMaker& pods)
    : simulation_(simulation),
      store_(store),
      owned_(owned),
      pods_(pods),
      queue_(simulation, statefulSetDelay, [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void StatefulSetController::see(const Change& change) {
  if (const auto key = concerned(change, "statefulsets", "StatefulSet")) queue_.add(*key);
}

base::Status StatefulSetController::sync(const Key& key) {
  const auto set = store_.get(key);
  if (!set || terminating(*set)) return {};
  Revisions revisions;
  TRY_ASSIGN(revisions.update, presentRevision(store_, owned_, "StatefulSet", *set));
  revisions.current = (*set)["status"]["currentRevision"].text();
  if (revisions.current.empty()) revisions.current = revisions.update;
  const auto acted = act(*set, revisions);
  TRY(tell(key, revisions));
  return acted;
}

StatefulSetController::Pods StatefulSetController::podsOf(const Value& set) const {
  Pods pods;
  for (auto& pod : owned_.by(uidOf(set), "pods")) pods[ordinalOf(*pod)] = std::move(pod);
  return pods;
}

bool StatefulSetController::healthy(const Value& set, const Value& pod) {
  if (terminating(pod)) return false;
  const auto left =
      untilAvailable(pod, set["spec"]["minReadySeconds"].integer().value_or(0), simulation_.now());
  if (left && left->count() > 0) queue_.addAfter(keyOf("apps", "statefulsets", set), *left);
  return left && left->count() == 0;
}

base::Status StatefulSetController::act(const Value& set, const Revisions& revisions) {
  const bool inOrder = set["spec"]["podManagementPolicy"].text() != "Parallel";
  const auto pods = podsOf(set);
  const auto replicas = replicasOf(set);
  for (std::int64_t ordinal = 0; ordinal < replicas; ++ordinal) {
    const auto found = pods.find(ordinal);
    if (found == pods.end()) {
      TRY(create(set, revisions, ordinal));
    } else if (ended(*found->second) && !terminating(*found->second)) {
      TRY(deletePod(store_, *found->second));
    } else if (healthy(set, *found->second)) {
      continue;
    }
    if (inOrder) return {};
  }
  for (auto at = pods.rbegin(); at != pods.rend() && at->first >= replicas; ++at) {
    if (!terminating(*at->second)) TRY(deletePod(store_, *at->second));
    if (inOrder) return {};
  }
  return onDelete(set) ? base::Status() : roll(set, pods, revisions.update);
}

base::Status StatefulSetController::create(const Value& set, const Revisions& revisions,
                                           std::int64_t ordinal) {
  const auto ns = std::string(set["metadata"]["namespace"].text());
  const bool old = !onDelete(set) && ordinal < partitionOf(set);
  auto podTemplate = old ? templateIn(store_, ns, revisions.current) : Value();
  if (podTemplate.isNull()) podTemplate = set["spec"]["template"];
  const auto name = nameOf(set, ordinal);
  podTemplate.at("spec").set("hostname", name);
  if (set["spec"].has("serviceName")) podTemplate.at("spec").set("subdomain", set["spec"]["serviceName"]);
  return pods_.make({.podTemplate = std::move(podTemplate),
                     .ns = ns,
                     .name = name,
                     .generateName = "",
                     .owners = controlledBy("apps/v1", "StatefulSet", set),
                     .labels = {{revisionLabel, old ? revisions.current : revisions.update},
                                {"statefulset.kubernetes.io/pod-name", name},
                                {"apps.kubernetes.io/pod-index", std::to_string(ordinal)}}});
}

base::Status StatefulSetController::roll(const Value& set, const Pods& pods, const std::string& revision) {
  const auto partition = partitionOf(set);
  for (auto at = pods.rbegin(); at != pods.rend() && at->first >= partition; ++at) {
    const auto& pod = *at->second;
    if (revisionOf(pod) != revision && !terminating(pod)) return deletePod(store_, pod);
    if (!healthy(set, pod)) return {};  // each waits for the one after it
  }
  return {};
}

base::Status StatefulSetController::tell(const Key& key, Revisions revisions) {
  const auto set = store_.get(key);
  if (!set) return {};
  const auto pods = podsOf(*set);
  std::int64_t ready = 0, available = 0, current = 0, updated = 0;
  for (const auto& [ordinal, pod] : pods) {
    if (isReady(*pod)) ++ready;
    if (healthy(*set, *pod)) ++available;
    if (terminating(*pod)) continue;
    if (revisionOf(*pod) == revisions.current) ++current;
    if (revisionOf(*pod) == revisions.update) ++updated;
  }
  const auto replicas = static_cast<std::int64_t>(pods.size());
  if (!onDelete(*set) && updated == replicas && ready == replicas && replicas == replicasOf(*set)) {
    revisions.current = revisions.update;
    current = updated;
  }
  auto status =
      Value::object({{"observedGeneration", (*set)["metadata"]["generation"]}, {"replicas", replicas}});
  const auto put = [&](const char* field, std::int64_t number) {
    if (number != 0) status.set(field, number);
  };
  put("readyReplicas", ready);
  put("currentReplicas", current);
  put("updatedReplicas", updated);
  status.set("currentRevision", revisions.current);
  status.set("updateRevision", revisions.update);
  status.set("collisionCount", 0);
  status.set("availableReplicas", available);
  TRY(store_.update(key, Value::object({{"status", std::move(status)}}), "kube-controller-manager", true));
  return {};
}

}  // namespace rehearsal
