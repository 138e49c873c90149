#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "cli/options.h"
#include "doctor/facts.h"
#include "kube/api.h"

namespace cli {

/// Which permissions count as needed: those of a command, as it is called. The others are worth knowing.
struct Wanted {
  std::string_view command{};  // none: nothing is needed
  bool restarts = true;        // workloads may be restarted
  bool ownCa = true;           // without --ca
  bool optional = true;        // what the command can do without counts too
};

/// Asks the API server about the whole table of needs (doctor/needs.h) at once, and gives what is not
/// allowed. An error: the API server could not be asked.
base::Result<std::vector<doctor::Denied>> missingPermissions(kube::Api& api, const trust::Observation& mesh,
                                                             const Wanted& wanted);

/// The same for a command that looks: nothing is asked about a saved observation, and that the API server
/// could not be asked is one more thing in the observation that could not be read.
base::Result<std::vector<doctor::Denied>> deniedHere(Context& context, const Options& options,
                                                     trust::Observation& mesh, std::string_view command);

}  // namespace cli
