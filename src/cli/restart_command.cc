#include "cli/commands.h"
#include "cli/run_progress.h"
#include "cli/staged.h"
#include "rotate/cluster.h"
#include "rotate/journaled_progress.h"
#include "rotate/restart.h"

namespace cli {

namespace {

base::Result<int> restart(Context& context, const Options& options) {
  if (!options.on("yes") && !context.terminal().canAsk) {
    return base::fail({base::Kind::usage, "this restarts pods and there is no terminal to ask on", "",
                       "pass --yes to go on without being asked"});
  }
  TRY_ASSIGN(kube::Api * api, context.api());
  rotate::Cluster cluster(*api, context.clock(), context.istioNamespace(), {});
  const auto terminal = makeRunProgress(context, {.command = context.command(),
                                                  .staged = false,
                                                  .yes = options.on("yes"),
                                                  .requests = requestsOf(cluster)});
  rotate::Journal journal(*api, context.istioNamespace(), {"", context.commandLine()},
                          [&] { return context.moment(); });
  rotate::JournaledProgress progress(*terminal, journal, {}, [&] { return cluster.lastWrite(); });
  cluster.lease().configure(progress, false);
  const auto timeout = options.duration("timeout");
  const auto done = options.on("workloads")
                        ? rotate::restartWorkloads(cluster, context.clock(), progress, timeout)
                        : rotate::restartIstiods(cluster, context.clock(), progress, timeout);
  if (!done) progress.stopped(done.error());
  terminal->finish(done.has_value());
  if (done) return 0;
  return base::fail(stoppedError(context, done.error(), progress));
}

}  // namespace

Command restartCommand() {
  return {.name = "restart",
          .group = Group::change,
          .summary = "restart istiod, or the workloads that need it",
          .description =
              "Restarts istiod's Deployments, if what an istiod signs that starts now is accepted by "
              "everyone, and waits until no pod from before is left. With --workloads "
              "restarts the "
              "workloads whose proxies run without a setting that the mesh config gives now, in batches, "
              "each awaited; "
              "nothing else is restarted.",
          .options = {{.name = "workloads", .help = "the workloads that need it, instead of istiod"},
                      {.name = "yes", .letter = 'y', .help = "do not ask before each change"},
                      {.name = "timeout",
                       .takes = Takes::duration,
                       .value = "DURATION",
                       .help = "how long to wait for each restart",
                       .fallback = "5m"}},
          .examples = {{"restart istiod", "restart"},
                       {"give the setting to proxies from before it", "restart --workloads --yes"}},
          .run = restart};
}

}  // namespace cli
