#include "mesh/surroundings.h"

#include <set>
#include <string>

#include "mesh/questions.h"
#include "mesh/unreadable.h"

namespace mesh {

namespace {

using json::Value;

const kube::Resource horizontalAutoscalers{"autoscaling", "v2", "horizontalpodautoscalers"};
const kube::Resource disruptionBudgets{"policy", "v1", "poddisruptionbudgets"};

/// "0", 0 and "0%" are none; what is not set is the API server's default of a quarter.
bool isNone(const Value& number) {
  return number.integer() == 0 || number.text() == "0" || number.text() == "0%";
}

trust::Rollout rolloutOf(const std::string& kind, const Value& object) {
  const auto& spec = object["spec"];
  const auto& strategy = spec[kind == "Deployment" ? "strategy" : "updateStrategy"];
  trust::Rollout rollout;
  rollout.workload = {kind, std::string(object["metadata"]["namespace"].text()),
                      std::string(object["metadata"]["name"].text())};
  rollout.replicas = spec["replicas"].integer().value_or(1);
  rollout.strategy = strategy["type"].text().empty() ? "RollingUpdate" : strategy["type"].text();
  rollout.paused = spec["paused"].boolean().value_or(false);
  const auto& surge = strategy["rollingUpdate"]["maxSurge"];
  // A DaemonSet has no surge unless it says so, a StatefulSet never.
  rollout.surge = rollout.strategy == "RollingUpdate" && !isNone(surge) &&
                  (kind == "Deployment" || (kind == "DaemonSet" && !surge.isNull()));
  return rollout;
}

/// Those of the list that proxies belong to.
void keepRollouts(std::vector<trust::Rollout>& rollouts, const std::set<trust::Workload>& wanted,
                  const std::string& kind, const json::Array& objects) {
  for (const auto& object : objects) {
    auto rollout = rolloutOf(kind, object);
    if (wanted.contains(rollout.workload)) rollouts.push_back(std::move(rollout));
  }
}

trust::Autoscaler autoscalerOf(const Value& object) {
  const auto& spec = object["spec"];
  const std::string ns(object["metadata"]["namespace"].text());
  const auto& target = spec["scaleTargetRef"];
  return {ns,
          std::string(object["metadata"]["name"].text()),
          {std::string(target["kind"].text()), ns, std::string(target["name"].text())},
          spec["minReplicas"].integer().value_or(1),
          spec["maxReplicas"].integer().value_or(1)};
}

bool isIstiod(const trust::Observation& observation, const trust::Workload& workload) {
  for (const auto& deployment : observation.istiodDeployments) {
    if (workload == trust::Workload{"Deployment", deployment.ns, deployment.name}) return true;
  }
  return false;
}

}  // namespace

base::Status readSurroundings(kube::Api& api, trust::Observation& observation) {
  Questions questions;
  const std::vector<std::pair<std::string, std::size_t>> workloads{
      {"Deployment", questions.list(kube::deployments, "")},
      {"StatefulSet", questions.list(kube::statefulSets, "")},
      {"DaemonSet", questions.list(kube::daemonSets, "")}};
  const auto autoscalers = questions.list(horizontalAutoscalers, observation.installation.ns);
  const auto budgets = questions.list(disruptionBudgets, "");
  TRY(questions.ask(api));

  auto& read = observation.surroundings.emplace();
  std::set<trust::Workload> wanted;
  for (const auto& proxy : observation.proxies) wanted.insert(proxy.workload);
  read.rollouts.emplace();
  for (const auto& [kind, number] : workloads) {
    const auto& list = questions.items(number);
    if (!list) {
      read.rollouts = tl::unexpected(unreadable(list.error()));
      break;
    }
    keepRollouts(*read.rollouts, wanted, kind, *list);
  }
  if (const auto& list = questions.items(autoscalers); list) {
    read.autoscalers.emplace();
    for (const auto& object : *list) {
      auto autoscaler = autoscalerOf(object);
      if (isIstiod(observation, autoscaler.target)) read.autoscalers->push_back(std::move(autoscaler));
    }
  } else {
    read.autoscalers = tl::unexpected(unreadable(list.error()));
  }
  if (const auto& list = questions.items(budgets); list) {
    read.budgets.emplace();
    for (const auto& object : *list) {
      const auto& status = object["status"];
      const bool covers = status["expectedPods"].integer().value_or(0) > 0;
      if (!covers || status["disruptionsAllowed"].integer().value_or(0) > 0) continue;
      read.budgets->push_back({std::string(object["metadata"]["namespace"].text()),
                               std::string(object["metadata"]["name"].text())});
    }
  } else {
    read.budgets = tl::unexpected(unreadable(list.error()));
  }
  return {};
}

}  // namespace mesh
