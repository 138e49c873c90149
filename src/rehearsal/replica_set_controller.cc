#include "rehearsal/replica_set_controller.h"

#include <algorithm>
#include <tuple>

#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr const char* replicaSetManager = "kube-controller-replicaSetManager";
/// Shorter than a Deployment's: what it scaled is done when it looks again.
constexpr base::Millis replicaSetDelay{10};

std::vector<Object> activeOf(std::vector<Object> pods) {
  std::erase_if(pods, [](const Object& pod) { return !isActive(*pod); });
  return pods;
}

/// Who goes first: the unscheduled, the pending, the unready, then the youngest (kubernetes:
/// pkg/controller/controller_utils.go ActivePodsWithRanks).
bool goesBefore(const Object& a, const Object& b) {
  const auto rank = [](const Value& pod) {
    return std::tuple(!pod["spec"]["nodeName"].text().empty(), pod["status"]["phase"].text() == "Running",
                      isReady(pod));
  };
  if (rank(*a) != rank(*b)) return rank(*a) < rank(*b);
  return (*a)["metadata"]["creationTimestamp"].text() > (*b)["metadata"]["creationTimestamp"].text();
}

}  // namespace

base::Status deletePod(Store& store, const Value& pod) {
  const auto grace = pod["spec"]["terminationGracePeriodSeconds"].integer().value_or(30);
  TRY(store.remove(keyOf("", "pods", pod), {}, static_cast<int>(grace)));
  return {};
}

ReplicaSetController::ReplicaSetController(Simulation& simulation, Store& store, Owned& owned, PodMaker& pods)
    : simulation_(simulation),
      store_(store),
      owned_(owned),
      pods_(pods),
      queue_(simulation, replicaSetDelay, [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void ReplicaSetController::see(const Change& change) {
  if (const auto key = concerned(change, "replicasets", "ReplicaSet")) queue_.add(*key);
}

base::Status ReplicaSetController::sync(const Key& key) {
  const auto set = store_.get(key);
  if (!set || terminating(*set)) return {};
  const auto scaled = scale(*set, activeOf(owned_.by(uidOf(*set), "pods")));
  TRY(tell(key));
  return scaled;
}

base::Status ReplicaSetController::scale(const Value& set, std::vector<Object> active) {
  const auto wanted = static_cast<std::size_t>(std::max<std::int64_t>(replicasOf(set), 0));
  for (auto have = active.size(); have < wanted; ++have) TRY(pods_.makeFor("apps/v1", "ReplicaSet", set));
  if (active.size() <= wanted) return {};
  std::stable_sort(active.begin(), active.end(), goesBefore);
  active.resize(active.size() - wanted);
  for (const auto& pod : active) TRY(deletePod(store_, *pod));
  return {};
}

base::Status ReplicaSetController::tell(const Key& key) {
  const auto set = store_.get(key);
  if (!set) return {};
  const auto least = (*set)["spec"]["minReadySeconds"].integer().value_or(0);
  std::int64_t ready = 0, available = 0;
  std::optional<base::Seconds> next;
  const auto active = activeOf(owned_.by(uidOf(*set), "pods"));
  for (const auto& pod : active) {
    const auto left = untilAvailable(*pod, least, simulation_.now());
    if (!left) continue;
    ++ready;
    if (left->count() == 0) ++available;
    if (left->count() > 0 && (!next || *left < *next)) next = left;
  }
  if (next) queue_.addAfter(key, *next);
  auto status = Value::object({{"replicas", static_cast<std::int64_t>(active.size())}});
  if (!active.empty()) status.set("fullyLabeledReplicas", static_cast<std::int64_t>(active.size()));
  if (ready > 0) status.set("readyReplicas", ready);
  if (available > 0) status.set("availableReplicas", available);
  status.set("observedGeneration", (*set)["metadata"]["generation"]);
  auto told = Value::object({{"metadata", Value::object()}, {"status", std::move(status)}});
  TRY(store_.update(key, std::move(told), replicaSetManager, true));
  return {};
}

}  // namespace rehearsal
