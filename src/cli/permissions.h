#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
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

}  // namespace cli
