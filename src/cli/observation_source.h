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

/// Reads more from the cluster into an observation.
using ReadMore = base::Status (*)(kube::Api& api, trust::Observation& observation);

/// From the file that was named, else from the cluster, with what `more` reads; saved where that was asked
/// for. An observation holds no key.
base::Result<trust::Observation> observationFrom(Context& context, const Options& options,
                                                 ReadMore more = nullptr);

}  // namespace cli
