#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "json/value.h"
#include "plan/plan.h"
#include "trust/expiry.h"
#include "trust/invariants.h"
#include "trust/observation.h"
#include "ui/style.h"

namespace ui {

/// What `status` shows: where the mesh stands and what the next command is.
struct StatusReport {
  const trust::Observation& mesh;
  const plan::Decision& decision;
  std::vector<trust::Invariant> invariants;
  std::string next;  // the next command, without the program's name; empty when there is nothing to do
  /// Why the stage cannot be told although the mesh was read: the decision says nothing then.
  std::optional<base::Error> undecided{};
  /// What ends soon, where that was asked for.
  std::optional<std::vector<trust::InUse>> expiring{};
};
json::Value statusJson(const StatusReport& report);
std::string statusText(const StatusReport& report, const Style& style, std::size_t width);

/// What `plan` shows: the steps left, and what blocks the first of them now.
struct PlanReport {
  const plan::Decision& decision;
  const std::vector<plan::Step>& steps;
};
json::Value planJson(const PlanReport& report);
std::string planText(const PlanReport& report, const Style& style, std::size_t width);

/// "O = cluster.local (3f2a91c0), expires 2035-06-17T12:39:46Z (in 8y205d)".
std::string caText(const pki::Certificate& certificate, base::Time now);

}  // namespace ui
