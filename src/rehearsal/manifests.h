#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "rehearsal/shape.h"

namespace rehearsal {

// Objects as kubectl, Helm and the Sail operator leave them in a real mesh (tests/data/mesh holds recorded
// ones).

json::Value namespaceOf(std::string_view name, bool meshed);
json::Value serviceOf(std::string_view ns, std::string_view name, const json::Value& selector, int port);

/// The type of a custom resource: "sailoperator.io", "Istio", "istios".
json::Value customType(const std::string& group, std::string_view kind, const std::string& plural,
                       bool namespaced);

/// The revision's suffix in names: "" for the default one, else "-canary".
std::string suffixOf(const IstiodShape& istiod);
/// Without the multi-root setting.
json::Value istiodDeployment(const Shape& shape, const IstiodShape& istiod);
/// The ConfigMap with the mesh config.
json::Value meshConfigMap(const Shape& shape, const IstiodShape& istiod);
json::Value injectionWebhook(const Shape& shape, const IstiodShape& istiod);
/// Two: of the revision, and (for the default one) of the cluster.
std::vector<json::Value> validationWebhooks(const Shape& shape, const IstiodShape& istiod);
/// The Istio resource of the Sail operator.
json::Value istioResource(const Shape& shape);

/// A workload, or a bare pod.
json::Value workloadObject(const WorkloadShape& workload);
json::Value machineObject(const MachineShape& machine);
json::Value autoscalerObject(const AutoscalerShape& autoscaler);
json::Value budgetObject(const BudgetShape& budget);

}  // namespace rehearsal
