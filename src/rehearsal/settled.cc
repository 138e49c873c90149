#include "rehearsal/settled.h"

#include <fmt/format.h>

namespace rehearsal {

namespace {

using json::Value;

std::int64_t countOf(const Value& value, std::int64_t fallback = 0) {
  return value.integer().value_or(fallback);
}

std::string named(std::string_view what, const Value& object) {
  return fmt::format("{} {}/{}", what, object["metadata"]["namespace"].text(),
                     object["metadata"]["name"].text());
}

/// Replicas that are new and ready, of how many.
bool rolledOut(std::string_view plural, const Value& object) {
  const auto& status = object["status"];
  if (countOf(status["observedGeneration"]) < countOf(object["metadata"]["generation"])) return false;
  if (plural == "daemonsets") {
    const auto wanted = countOf(status["desiredNumberScheduled"]);
    return countOf(status["numberReady"]) == wanted && countOf(status["updatedNumberScheduled"]) == wanted;
  }
  const auto wanted = countOf(object["spec"]["replicas"], 1);
  const bool updated = object["spec"]["paused"].boolean().value_or(false) ||
                       object["spec"]["updateStrategy"]["type"].text() == "OnDelete" ||
                       countOf(status["updatedReplicas"]) == wanted;
  return updated && countOf(status["readyReplicas"]) == wanted && countOf(status["replicas"]) == wanted;
}

bool ready(const Value& pod) {
  for (const auto& condition : pod["status"]["conditions"].items()) {
    if (condition["type"].text() == "Ready") return condition["status"].text() == "True";
  }
  return false;
}

}  // namespace

std::string notSettled(const Store& store) {
  for (const auto* plural : {"deployments", "statefulsets", "daemonsets"}) {
    for (const auto* object : store.list("apps", plural, "")) {
      if (!rolledOut(plural, *object)) return named(plural, *object);
    }
  }
  for (const auto* pod : store.list("", "pods", "")) {
    if (!ready(*pod) || (*pod)["metadata"].has("deletionTimestamp")) return named("pod", *pod);
  }
  for (const auto* istio : store.list("sailoperator.io", "istios", "")) {
    if (countOf((*istio)["status"]["observedGeneration"]) < countOf((*istio)["metadata"]["generation"]))
      return named("istio", *istio);
  }
  for (const auto* plural : {"mutatingwebhookconfigurations", "validatingwebhookconfigurations"}) {
    for (const auto* object : store.list("admissionregistration.k8s.io", plural, "")) {
      for (const auto& webhook : (*object)["webhooks"].items()) {
        if (webhook["clientConfig"]["caBundle"].text().empty()) return named(plural, *object);
      }
    }
  }
  return {};
}

}  // namespace rehearsal
