#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "cli/options.h"
#include "doctor/facts.h"
#include "plan/plan.h"
#include "rotate/entry.h"
#include "trust/observation.h"

namespace cli {

/// Everything that can be said about a mesh, for report and support-bundle. What could not be had is a
/// reason.
struct Gathered {
  trust::Observation mesh;
  std::vector<doctor::Denied> denied;
  std::vector<doctor::Finding> findings;
  std::optional<plan::Decision> decision;
  std::vector<plan::Step> steps;
  std::optional<base::Error> undecided;  // set if there is no decision
  std::vector<std::vector<rotate::Entry>> rotations;
  std::string journalUnread;  // why there is no journal; empty: it was read, or there is none
};

/// From the cluster, or from --observation (and --journal).
base::Result<Gathered> gather(Context& context, const Options& options);

/// The page of `report`.
std::string htmlOf(const Gathered& gathered);
/// 0, or what the worst part asks for: 6, 4 of what could not be read or decided, 3 of a mesh that is not
/// safe now.
int exitOf(const Gathered& gathered);

}  // namespace cli
