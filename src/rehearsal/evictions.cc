#include "rehearsal/evictions.h"

#include <fmt/format.h>

#include "rehearsal/objects.h"
#include "rehearsal/selectors.h"

namespace rehearsal {
namespace {

using json::Value;

std::vector<Key> budgetsOf(const Store& store, const Value& pod, const std::string& ns) {
  std::vector<Key> budgets;
  for (const Value* budget : store.list("policy", "poddisruptionbudgets", ns)) {
    if (selectorMatches((*budget)["spec"]["selector"], pod["metadata"]["labels"]))
      budgets.push_back(keyOf("policy", "poddisruptionbudgets", *budget));
  }
  return budgets;
}

Refusal disrupted(const Value& budget) {
  const std::string why =
      fmt::format("The disruption budget {} needs {} healthy pods and has {} currently",
                  budget["metadata"]["name"].text(), budget["status"]["desiredHealthy"].integer().value_or(0),
                  budget["status"]["currentHealthy"].integer().value_or(0));
  const Value cause = Value::object({{"reason", "DisruptionBudget"}, {"message", why}});
  return {429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
          Value::object({{"causes", Value::array({cause})}})};
}

/// One less, until its controller has counted again.
void useUp(Store& store, const Key& key) {
  Value budget = *store.find(key);
  const auto allowed = budget["status"]["disruptionsAllowed"].integer().value_or(0);
  budget.at("status").set("disruptionsAllowed", allowed - 1);
  static_cast<void>(store.update(key, std::move(budget), "kube-apiserver", true));
}

}  // namespace

Granted<ApiAnswer> evict(const ApiRequest& request, Store& store) {
  if (request.verb != "create") return refuse(methodNotAllowed());
  GRANT_ASSIGN(const Value eviction, request.body());
  const Object pod = store.get(request.key());
  const auto budgets = budgetsOf(store, *pod, request.ns);
  if (budgets.size() > 1)
    return refuse(internal(
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."));
  // What has ended or has not begun is not held by a budget.
  const auto phase = (*pod)["status"]["phase"].text();
  const bool counts = phase == "Running" && !terminating(*pod);
  if (!budgets.empty() && counts) {
    const Value* budget = store.find(budgets.front());
    if ((*budget)["status"]["disruptionsAllowed"].integer().value_or(0) < 1)
      return refuse(disrupted(*budget));
  }
  const Value& options = eviction["deleteOptions"];
  const bool dry = request.parameter("dryRun") == "All" || !options["dryRun"].items().empty();
  if (!dry) {
    if (!budgets.empty() && counts) useUp(store, budgets.front());
    const auto grace = options["gracePeriodSeconds"].integer().value_or(
        (*pod)["spec"]["terminationGracePeriodSeconds"].integer().value_or(30));
    auto removed = store.remove(request.key(), {std::string(options["preconditions"]["uid"].text()), ""},
                                static_cast<int>(grace));
    if (!removed) return refuse(refusalOf(request.key(), removed.error()));
  }
  return answerOf(
      Value::object(
          {{"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Value::object()}, {"status", "Success"}}),
      201);
}

}  // namespace rehearsal
