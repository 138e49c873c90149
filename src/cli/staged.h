#pragma once

#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "plan/plan.h"

namespace cli {

/// What a command that changes the mesh asks of the plan.
struct Staged {
  plan::Goal goal;
  plan::Stage from = plan::Stage::multiRoot;  // the first stage that it works towards
  base::Secret newKey{};                      // of goal.newCa
};

/// The options that all of them have: --yes, --dry-run, --wait, --timeout.
std::vector<Option> stagedOptions(std::vector<Option> own);

/// Observes, then runs the plan up to the goal behind its gates, or with --dry-run prints the very requests.
base::Result<int> runStaged(Context& context, const Options& options, Staged staged);

}  // namespace cli
