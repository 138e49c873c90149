#include "rehearsal/daemon_set_controller.h"

#include <algorithm>

#include "rehearsal/objects.h"
#include "rehearsal/replica_set_controller.h"
#include "rehearsal/revisions.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr base::Millis daemonSetDelay{50};

const Value& rolling(const Value& set) {
  return set["spec"]["updateStrategy"]["rollingUpdate"];
}

}  // namespace

DaemonSetController::DaemonSetController(Simulation& simulation, Store& store, Owned& owned, PodMaker& pods)
    : simulation_(simulation),
      store_(store),
      owned_(owned),
      pods_(pods),
      queue_(simulation, daemonSetDelay, [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void DaemonSetController::see(const Change& change) {
  if (const auto key = concerned(change, "daemonsets", "DaemonSet")) {
    queue_.add(*key);
  } else if (change.key.plural == "nodes" && change.kind != Change::Kind::modified) {
    for (const auto* set : store_.list("apps", "daemonsets", ""))
      queue_.add(keyOf("apps", "daemonsets", *set));
  }
}

DaemonSetController::Nodes DaemonSetController::nodesOf(const Value& set, const std::string& hash) const {
  Nodes nodes;
  for (const auto* node : store_.list("", "nodes", "")) {
    nodes[std::string((*node)["metadata"]["name"].text())];
  }
  for (auto& pod : owned_.by(uidOf(set), "pods")) {
    const auto found = nodes.find(std::string((*pod)["spec"]["nodeName"].text()));
    if (found == nodes.end() || !isActive(*pod)) continue;
    const bool present = (*pod)["metadata"]["labels"][revisionLabel].text() == hash;
    (present ? found->second.present : found->second.old).push_back(std::move(pod));
  }
  return nodes;
}

base::Status DaemonSetController::sync(const Key& key) {
  const auto set = store_.get(key);
  if (!set || terminating(*set)) return {};
  TRY_ASSIGN(const auto revision, presentRevision(store_, owned_, "DaemonSet", *set));
  const auto hash = revision.substr(key.name.size() + 1);
  const auto nodes = nodesOf(*set, hash);
  for (const auto& [node, pods] : nodes) {
    if (pods.present.empty() && pods.old.empty()) TRY(create(*set, node, hash));
  }
  if ((*set)["spec"]["updateStrategy"]["type"].text() != "OnDelete") TRY(roll(*set, nodes, hash));
  return tell(key, hash);
}

base::Status DaemonSetController::create(const Value& set, const std::string& node, const std::string& hash) {
  return pods_.make({.podTemplate = set["spec"]["template"],
                     .ns = std::string(set["metadata"]["namespace"].text()),
                     .name = "",
                     .generateName = std::string(set["metadata"]["name"].text()) + "-",
                     .owners = controlledBy("apps/v1", "DaemonSet", set),
                     .labels = {{revisionLabel, hash}},
                     .node = node});
}

bool DaemonSetController::available(const Value& set, const std::vector<Object>& pods) {
  const auto least = set["spec"]["minReadySeconds"].integer().value_or(0);
  return std::any_of(pods.begin(), pods.end(), [&](const Object& pod) {
    const auto left = untilAvailable(*pod, least, simulation_.now());
    if (left && left->count() > 0) queue_.addAfter(keyOf("apps", "daemonsets", set), *left);
    return left && left->count() == 0;
  });
}

base::Status DaemonSetController::roll(const Value& set, const Nodes& nodes, const std::string& hash) {
  const auto total = static_cast<std::int64_t>(nodes.size());
  const auto surged = intOrPercent(rolling(set)["maxSurge"], total, true, 0);
  if (surged > 0) return surge(set, nodes, hash, surged);
  auto may = intOrPercent(rolling(set)["maxUnavailable"], total, true, 1);
  for (const auto& [node, pods] : nodes) {
    if (!available(set, pods.present) && !available(set, pods.old)) --may;
  }
  for (const auto& [node, pods] : nodes) {
    if (pods.old.empty()) continue;
    const bool works = available(set, pods.old);
    if (works && may-- <= 0) return {};
    for (const auto& pod : pods.old) TRY(deletePod(store_, *pod));
  }
  return {};
}

base::Status DaemonSetController::surge(const Value& set, const Nodes& nodes, const std::string& hash,
                                        std::int64_t most) {
  for (const auto& [node, pods] : nodes) {
    if (pods.old.empty()) continue;
    if (!pods.present.empty()) {
      --most;
      if (!available(set, pods.present)) continue;
    } else if (available(set, pods.old)) {
      continue;
    }
    for (const auto& pod : pods.old) TRY(deletePod(store_, *pod));
  }
  for (const auto& [node, pods] : nodes) {
    if (pods.old.empty() || !pods.present.empty() || !available(set, pods.old)) continue;
    if (most-- <= 0) return {};
    TRY(create(set, node, hash));
  }
  return {};
}

base::Status DaemonSetController::tell(const Key& key, const std::string& hash) {
  const auto set = store_.get(key);
  if (!set) return {};
  std::int64_t scheduled = 0, updated = 0, ready = 0, free = 0;
  const auto nodes = nodesOf(*set, hash);
  for (const auto& [node, pods] : nodes) {
    if (!pods.present.empty() || !pods.old.empty()) ++scheduled;
    if (!pods.present.empty()) ++updated;
    const auto isOne = [](const std::vector<Object>& some) {
      return std::any_of(some.begin(), some.end(), [](const Object& pod) { return isReady(*pod); });
    };
    if (isOne(pods.present) || isOne(pods.old)) ++ready;
    if (available(*set, pods.present) || available(*set, pods.old)) ++free;
  }
  const auto desired = static_cast<std::int64_t>(nodes.size());
  auto status = Value::object({{"currentNumberScheduled", scheduled},
                               {"numberMisscheduled", 0},
                               {"desiredNumberScheduled", desired},
                               {"numberReady", ready},
                               {"observedGeneration", (*set)["metadata"]["generation"]}});
  if (updated > 0) status.set("updatedNumberScheduled", updated);
  if (free > 0) status.set("numberAvailable", free);
  if (desired > free) status.set("numberUnavailable", desired - free);
  TRY(store_.update(key, Value::object({{"status", std::move(status)}}), "kube-controller-manager", true));
  return {};
}

}  // namespace rehearsal
