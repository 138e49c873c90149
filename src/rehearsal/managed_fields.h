#pragma once

#include <string>
#include <string_view>

#include "json/value.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// Writes metadata.managedFields of `object` after a create (`before` null) or an update by `manager` at
/// `time`: it owns what it changed, and the others no longer (kubernetes-sigs/structured-merge-diff:
/// merge/update.go).
void manageUpdate(const json::Value* before, json::Value& object, std::string_view manager,
                  std::string_view time, bool status);

struct Application {
  std::string manager, time;
  bool force = false;
};

/// Server-side apply: `wanted` on what is there (null: nothing). What the manager applied before and no
/// longer wants goes, unless somebody else owns it; what others own and have otherwise is a conflict.
Granted<json::Value> applyPatch(const Key& key, const json::Value* live, const json::Value& wanted,
                                const Application& application);

}  // namespace rehearsal
