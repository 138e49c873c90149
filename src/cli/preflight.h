#pragma once

#include "base/result.h"
#include "cli/context.h"
#include "cli/permissions.h"
#include "trust/observation.h"

namespace cli {

/// What `doctor` finds in an observation, before the first write of a command: warnings are printed, one line
/// each, and errors are the error: unsupported, forbidden or gate.
base::Status preflight(Context& context, const trust::Observation& mesh, const Wanted& wanted);

}  // namespace cli
