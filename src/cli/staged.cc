#include "cli/staged.h"

#include <fmt/format.h>

#include "base/interrupt.h"
#include "cli/run_progress.h"
#include "kube/redact.h"
#include "rotate/cluster.h"
#include "rotate/run.h"

namespace cli {

namespace {

base::Result<int> printRequests(Context& context, rotate::Cluster& cluster, const Staged& staged) {
  TRY_ASSIGN(const auto mesh, cluster.observe(false));
  TRY_ASSIGN(const auto decision, plan::next(mesh, staged.goal, context.rules()));
  TRY_ASSIGN(const auto steps, plan::stepsLeft(mesh, staged.goal, context.rules()));
  context.say(fmt::format("stage {}; {} left to {}; nothing is changed\n", plan::name(decision.stage),
                          steps.empty() ? "nothing" : fmt::format("{} steps", steps.size()),
                          plan::name(staged.goal.until)));
  int number = 0;
  for (const auto& step : steps) {
    if (step.towards < staged.from) {
      return base::fail(
          rotate::gateError(decision, fmt::format("stage {} is not reached", plan::name(step.towards))));
    }
    context.print(fmt::format("# {}. {}\n#    {}\n", ++number, step.title, step.effect));
    TRY_ASSIGN(const auto requests, cluster.requests(step.action));
    for (const auto& request : requests) context.print(kube::describe(request) + "\n");
  }
  const bool no = decision.kind == plan::Decision::Kind::blocked ||
                  (decision.kind == plan::Decision::Kind::wait && decision.gate);
  if (no) return base::fail(rotate::gateError(decision, "now blocked"));
  return 0;
}

}  // namespace

std::vector<Option> stagedOptions(std::vector<Option> own) {
  own.push_back({.name = "yes", .letter = 'y', .help = "do not ask before each change"});
  own.push_back({.name = "dry-run", .help = "print the very requests, keys hidden, and change nothing"});
  own.push_back(
      {.name = "wait", .help = "wait for a gate that does not hold yet, instead of exit 3 at once"});
  own.push_back({.name = "timeout",
                 .takes = Takes::duration,
                 .value = "DURATION",
                 .help = "how long to wait for each change to arrive everywhere",
                 .fallback = "5m"});
  return own;
}

base::Result<int> runStaged(Context& context, const Options& options, Staged staged) {
  TRY_ASSIGN(kube::Api * api, context.api());
  staged.goal.mounts = true;
  rotate::Cluster cluster(*api, context.clock(), context.istioNamespace(), staged.newKey);
  if (options.on("dry-run")) return printRequests(context, cluster, staged);
  if (!options.on("yes") && !context.terminal().canAsk) {
    return base::fail({base::Kind::usage, "this changes the mesh and there is no terminal to ask on", "",
                       "pass --yes to go on without being asked, or --dry-run to see the requests"});
  }
  RunProgress progress(context, options.on("yes"));
  const auto started = context.clock().elapsed();
  const auto reached = rotate::run(cluster, context.clock(), progress,
                                   {.goal = staged.goal,
                                    .from = staged.from,
                                    .rules = context.rules(),
                                    .wait = options.on("wait"),
                                    .timeout = options.duration("timeout")});
  if (!reached && reached.error().kind == base::Kind::interrupted) {
    auto error = reached.error();
    error.hint = "the mesh stands between two proven steps: run the same command again to go on";
    return base::fail(error);
  }
  if (!reached) return base::fail(reached.error());
  const auto took = std::chrono::duration_cast<base::Seconds>(context.clock().elapsed() - started);
  context.say(fmt::format("stage {} holds for every proxy ({})\n", plan::name(reached->stage),
                          base::formatDuration(took)));
  if (reached->stage >= plan::Stage::bothRoots) {
    context.say(
        "secret cacerts must stay from now on: without it an istiod that starts returns to the old CA "
        "silently\n");
  }
  return 0;
}

}  // namespace cli
