#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "json/value.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// The key of an object that is in a namespace or (without metadata.namespace) in none.
Key keyOf(std::string_view group, std::string_view plural, const json::Value& object);
inline Key podKey(std::string ns, std::string name) {
  return {"", "pods", std::move(ns), std::move(name)};
}

/// The owner reference that says who controls it; null if nobody does.
const json::Value& controllerOf(const json::Value& object);
/// metadata.ownerReferences of what `owner` makes.
json::Value controlledBy(std::string_view apiVersion, std::string_view kind, const json::Value& owner);
/// What the controller of `group`/`plural` has to look at after a change: one of its objects, or that whose
/// pod it was (an owner of that `kind`); nullopt if it does not concern it.
std::optional<Key> concerned(const Change& change, std::string_view plural, std::string_view kind,
                             std::string_view group = "apps");
[[nodiscard]] inline std::string_view uidOf(const json::Value& object) {
  return object["metadata"]["uid"].text();
}
[[nodiscard]] inline bool terminating(const json::Value& object) {
  return object["metadata"].has("deletionTimestamp");
}

/// The condition of that type in status.conditions; null if there is none.
const json::Value& conditionOf(const json::Value& object, std::string_view type);
bool isReady(const json::Value& pod);
/// It counts for its controller: it has not ended and is not being deleted.
bool isActive(const json::Value& pod);
/// Since when it has to have been ready to be available is over: how much is left, zero if it is available;
/// nullopt if it is not ready.
std::optional<base::Seconds> untilAvailable(const json::Value& pod, std::int64_t minReadySeconds,
                                            base::Time now);

/// spec.replicas, whose default is one.
std::int64_t replicasOf(const json::Value& object);
/// 3 or "25%" of `total`, rounded up or down; of what is not set, `fallback`.
std::int64_t intOrPercent(const json::Value& value, std::int64_t total, bool roundUp, std::int64_t fallback);

/// The label by which a controller tells pods of one template from those of another: equal for templates
/// that differ in the order of their members alone. Looks like Kubernetes' (kubernetes:
/// pkg/controller/controller_utils.go ComputeHash), which has its own way of writing a template down.
std::string templateHash(const json::Value& podTemplate);

/// An array of them.
json::Value arrayOf(const std::vector<std::string>& texts);
/// Sets a member that is not there.
void setDefault(json::Value& object, std::string_view name, json::Value value);

/// Compact, members by name: the same text for the same content.
std::string canonical(const json::Value& value);

}  // namespace rehearsal
