#pragma once

#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "trust/observation.h"

namespace cli {

/// --observation FILE and --save-observation FILE, for commands that look and never for those that write.
std::vector<Option> observationOptions();

/// From the file that was named, else from the cluster; saved where that was asked for. An observation holds
/// no key.
base::Result<trust::Observation> observationFrom(Context& context, const Options& options);

}  // namespace cli
