#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/options.h"
#include "trust/observation.h"
#include "trust/waivers.h"

namespace cli {

/// --accept-unproven KIND/NAMESPACE/NAME, may be repeated.
Option acceptUnprovenOption();

/// The names that were given, checked for their form only (usage).
base::Result<trust::Waivers> readWaivers(const Options& options);

/// A waiver that applies to a mesh, and what it risks there.
struct Risk {
  std::string name;
  std::string text;  // one sentence or two
};
/// One for each name. A name that means nothing in the mesh is a usage error.
base::Result<std::vector<Risk>> risksOf(const trust::Waivers& waivers, const trust::Observation& mesh);

}  // namespace cli
