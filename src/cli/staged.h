#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "plan/plan.h"
#include "rotate/cluster.h"
#include "rotate/journaled_progress.h"
#include "rotate/run.h"

namespace cli {

/// What a command that changes the mesh asks of the plan.
struct Staged {
  plan::Goal goal;
  plan::Stage from = plan::Stage::multiRoot;  // the first stage that it works towards
  base::Secret newKey{};                      // of goal.newCa
  std::optional<rotate::Look> seen{};         // before the run, by the context's clock
};

/// The options that all of them have: --yes, --dry-run, --wait, --timeout, -o.
std::vector<Option> stagedOptions(std::vector<Option> own);

/// The requests of a step, redacted, as a question shows them; borrows the cluster.
std::function<base::Result<std::string>(const plan::Step&)> requestsOf(rotate::Cluster& cluster);

/// The error of a run that stopped; of one that was interrupted, with what stands and how to go on.
base::Error stoppedError(Context& context, base::Error error, const rotate::JournaledProgress& progress);

/// -o jsonl is for a run, -o json and yaml are for --dry-run. Kind::usage.
base::Status checkOutput(const Options& options);

/// Observes, then runs the plan up to the goal behind its gates, or with --dry-run prints the very requests.
base::Result<int> runStaged(Context& context, const Options& options, Staged staged);

}  // namespace cli
