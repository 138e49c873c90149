#include "rehearsal/deployment_status.h"

#include <fmt/format.h>

#include <algorithm>

#include "rehearsal/objects.h"
#include "rehearsal/rolling_update.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr std::int64_t defaultDeadline = 600;  // seconds (kubernetes: pkg/apis/apps/v1/defaults.go)

std::int64_t count(const Value& object, std::string_view field) {
  return object["status"][field].integer().value_or(0);
}

std::int64_t total(const std::vector<Object>& sets, std::string_view field) {
  std::int64_t sum = 0;
  for (const auto& set : sets) sum += count(*set, field);
  return sum;
}

/// With its transition time kept where the status stays the same.
Value condition(const Value& before, std::string_view type, std::string_view status, std::string_view reason,
                const std::string& message, const std::string& now, bool updated) {
  const bool same = before["status"].text() == status;
  const bool unchanged = same && before["reason"].text() == reason && !updated;
  return Value::object({{"type", type},
                        {"status", status},
                        {"lastUpdateTime", unchanged ? before["lastUpdateTime"] : Value(now)},
                        {"lastTransitionTime", same ? before["lastTransitionTime"] : Value(now)},
                        {"reason", reason},
                        {"message", message}});
}

Value available(const Value& deployment, std::int64_t availableReplicas, const std::string& now) {
  const auto limits = limitsOf(deployment["spec"]);
  const auto& before = conditionOf(deployment, "Available");
  if (availableReplicas >= limits.replicas - limits.unavailable) {
    return condition(before, "Available", "True", "MinimumReplicasAvailable",
                     "Deployment has minimum availability.", now, false);
  }
  return condition(before, "Available", "False", "MinimumReplicasUnavailable",
                   "Deployment does not have minimum availability.", now, false);
}

/// More new ones, fewer old ones, more of them ready or available (deployment_util.go DeploymentProgressing).
bool progressed(const Value& deployment, const Value& status) {
  const auto was = [&](const char* field) { return count(deployment, field); };
  const auto is = [&](const char* field) { return status[field].integer().value_or(0); };
  return is("updatedReplicas") > was("updatedReplicas") ||
         is("replicas") - is("updatedReplicas") < was("replicas") - was("updatedReplicas") ||
         is("readyReplicas") > was("readyReplicas") || is("availableReplicas") > was("availableReplicas");
}

bool complete(const Value& deployment, const Value& status) {
  const auto replicas = replicasOf(deployment);
  return status["updatedReplicas"].integer().value_or(0) == replicas &&
         status["replicas"].integer().value_or(0) == replicas &&
         status["availableReplicas"].integer().value_or(0) == replicas;
}

Value progressing(const Value& deployment, const ReplicaSets& sets, const Value& status, base::Time now) {
  const auto& before = conditionOf(deployment, "Progressing");
  const auto time = base::formatTime(now);
  const auto tell = [&](std::string_view value, std::string_view reason, const std::string& message,
                        bool updated) {
    return condition(before, "Progressing", value, reason, message, time, updated);
  };
  if (deployment["spec"]["paused"].boolean().value_or(false))
    return tell("Unknown", "DeploymentPaused", "Deployment is paused", false);
  if (!sets.newest) return tell("True", "ReplicaSetUpdated", "Deployment is progressing.", false);
  const auto name = (*sets.newest)["metadata"]["name"].text();
  const auto message = [&](std::string_view what) { return fmt::format("ReplicaSet \"{}\" {}", name, what); };
  if (complete(deployment, status))
    return tell("True", "NewReplicaSetAvailable", message("has successfully progressed."), false);
  // Once it was complete, a pod that fails later is no rollout.
  const bool wasComplete = before["reason"].text() == "NewReplicaSetAvailable" &&
                           status["updatedReplicas"] == status["replicas"] &&
                           deployment["status"]["observedGeneration"] == deployment["metadata"]["generation"];
  if (wasComplete) return before;
  if (before.isNull() || before["reason"].text() == "NewReplicaSetAvailable" ||
      progressed(deployment, status))
    return tell("True", "ReplicaSetUpdated", message("is progressing."), true);
  const auto deadline = progressDeadline(deployment);
  if (deadline && now > *deadline)
    return tell("False", "ProgressDeadlineExceeded", message("has timed out progressing."), false);
  return before;
}

}  // namespace

std::vector<Object> ReplicaSets::all() const {
  auto sets = others;
  if (newest) sets.push_back(newest);
  return sets;
}

Value deploymentStatus(const Value& deployment, const ReplicaSets& sets, base::Time now) {
  const auto all = sets.all();
  std::int64_t wanted = 0;
  for (const auto& set : all) wanted += replicasOf(*set);
  const auto availableReplicas = total(all, "availableReplicas");
  auto status = Value::object({{"observedGeneration", deployment["metadata"]["generation"]}});
  // What is zero is left out, as Go's encoder does.
  const auto put = [&](const char* field, std::int64_t number) {
    if (number != 0) status.set(field, number);
  };
  put("replicas", total(all, "replicas"));
  put("updatedReplicas", sets.newest ? count(*sets.newest, "replicas") : 0);
  put("readyReplicas", total(all, "readyReplicas"));
  put("availableReplicas", availableReplicas);
  put("unavailableReplicas", std::max<std::int64_t>(wanted - availableReplicas, 0));
  auto conditions = Value::array();
  conditions.push(available(deployment, availableReplicas, base::formatTime(now)));
  conditions.push(progressing(deployment, sets, status, now));
  status.set("conditions", std::move(conditions));
  return status;
}

std::optional<base::Time> progressDeadline(const Value& deployment) {
  const auto& condition = conditionOf(deployment, "Progressing");
  if (condition["reason"].text() != "ReplicaSetUpdated") return std::nullopt;
  const auto last = base::parseTime(condition["lastUpdateTime"].text());
  if (!last) return std::nullopt;
  return *last +
         base::Seconds(deployment["spec"]["progressDeadlineSeconds"].integer().value_or(defaultDeadline));
}

}  // namespace rehearsal
