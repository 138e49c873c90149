#include "rehearsal/disruption_budgets.h"

#include <algorithm>

#include "rehearsal/objects.h"
#include "rehearsal/selectors.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr base::Millis budgetDelay{200};

}  // namespace

DisruptionBudgets::DisruptionBudgets(Simulation& simulation, Store& store)
    : store_(store), queue_(simulation, budgetDelay, [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void DisruptionBudgets::see(const Change& change) {
  if (change.key.group == "policy" && change.key.plural == "poddisruptionbudgets") {
    if (change.kind == Change::Kind::removed) {
      budgets_[change.key.ns].erase(change.key);
    } else {
      budgets_[change.key.ns].insert(change.key);
      queue_.add(change.key);
    }
  } else if (change.key.group.empty() && change.key.plural == "pods") {
    const auto found = budgets_.find(change.key.ns);
    if (found == budgets_.end()) return;
    for (const auto& key : found->second) queue_.add(key);
  }
}

base::Status DisruptionBudgets::sync(const Key& key) {
  const auto budget = store_.get(key);
  if (!budget) return {};
  const auto& spec = (*budget)["spec"];
  std::int64_t expected = 0, healthy = 0;
  for (const auto* pod : store_.list("", "pods", key.ns)) {
    if (!selectorMatches(spec["selector"], (*pod)["metadata"]["labels"])) continue;
    const auto phase = (*pod)["status"]["phase"].text();
    if (phase == "Succeeded" || phase == "Failed") continue;
    ++expected;
    if (isReady(*pod) && !terminating(*pod)) ++healthy;
  }
  // Percentages are rounded up (disruption.go getExpectedPodCount).
  const auto desired = spec.has("maxUnavailable")
                           ? expected - intOrPercent(spec["maxUnavailable"], expected, true, 0)
                           : intOrPercent(spec["minAvailable"], expected, true, 1);
  const auto allowed = std::max<std::int64_t>(healthy - std::max<std::int64_t>(desired, 0), 0);
  auto status = Value::object({{"observedGeneration", (*budget)["metadata"]["generation"]},
                               {"disruptionsAllowed", expected > 0 ? allowed : 0},
                               {"currentHealthy", healthy},
                               {"desiredHealthy", std::max<std::int64_t>(desired, 0)},
                               {"expectedPods", expected}});
  TRY(store_.update(key, Value::object({{"status", std::move(status)}}), "kube-controller-manager", true));
  return {};
}

}  // namespace rehearsal
