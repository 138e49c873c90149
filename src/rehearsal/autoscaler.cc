#include "rehearsal/autoscaler.h"

#include <algorithm>

#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

Key targetOf(const Value& scaler) {
  const auto& target = scaler["spec"]["scaleTargetRef"];
  const bool stateful = target["kind"].text() == "StatefulSet";
  return {"apps", stateful ? "statefulsets" : "deployments",
          std::string(scaler["metadata"]["namespace"].text()), std::string(target["name"].text())};
}

}  // namespace

base::Status scale(Store& store, const Key& workload, std::int64_t replicas, std::string_view manager) {
  const auto object = store.get(workload);
  if (!object)
    return base::fail(
        {base::Kind::notFound, resourceName(workload) + " \"" + workload.name + "\" not found"});
  auto scaled = *object;
  scaled.at("spec").set("replicas", replicas);
  TRY(store.update(workload, std::move(scaled), manager));
  return {};
}

Autoscaler::Autoscaler(Simulation& simulation, Store& store)
    : store_(store), queue_(simulation, base::Millis(15'000), [this](const Key& key) { return sync(key); }) {
  store.listen([this](const Change& change) { see(change); });
}

void Autoscaler::see(const Change& change) {
  if (change.key.group == "autoscaling" && change.key.plural == "horizontalpodautoscalers") {
    auto& scalers = scalers_[targetOf(*change.object)];
    if (change.kind == Change::Kind::removed) {
      scalers.erase(change.key);
    } else {
      scalers.insert(change.key);
      queue_.add(change.key);
    }
  } else if (change.key.group == "apps" && change.kind != Change::Kind::removed) {
    const auto found = scalers_.find(change.key);
    if (found == scalers_.end()) return;
    for (const auto& key : found->second) queue_.add(key);
  }
}

base::Status Autoscaler::sync(const Key& key) {
  const auto scaler = store_.get(key);
  if (!scaler) return {};
  const auto target = targetOf(*scaler);
  const auto object = store_.get(target);
  if (!object) return {};
  const auto now = replicasOf(*object);
  const auto& spec = (*scaler)["spec"];
  const auto least = spec["minReplicas"].integer().value_or(1);
  const auto most = std::max(spec["maxReplicas"].integer().value_or(least), least);
  const auto wanted = now == 0 ? 0 : std::clamp(now, least, most);  // scaled to zero is switched off
  TRY(store_.update(
      key,
      Value::object({{"status", Value::object({{"currentReplicas", now}, {"desiredReplicas", wanted}})}}),
      "kube-controller-manager", true));
  return wanted == now ? base::Status() : scale(store_, target, wanted, "kube-controller-manager");
}

}  // namespace rehearsal
