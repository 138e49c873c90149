#pragma once

#include <string>

#include "explore/explorer.h"

namespace explore {

/// What a finding is, in sentences: one for each thing that happened, then who refuses whom.
std::string tell(const Finding& finding, Pool& pool, Oracle& oracle, const Options& options);

}  // namespace explore
