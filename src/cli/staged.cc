#include "cli/staged.h"

#include <fmt/format.h>

#include "base/interrupt.h"
#include "cli/evidence_report.h"
#include "cli/own_ca.h"
#include "cli/run_progress.h"
#include "cli/waivers.h"
#include "kube/redact.h"
#include "rotate/cluster.h"
#include "rotate/journaled_progress.h"
#include "rotate/run.h"
#include "ui/terminal.h"

namespace cli {

namespace {

base::Result<int> printRequests(Context& context, rotate::Cluster& cluster, const Staged& staged) {
  TRY_ASSIGN(const auto mesh, cluster.observe(false));
  TRY_ASSIGN(const auto decision, plan::next(mesh, staged.goal, context.rules()));
  TRY_ASSIGN(const auto steps, plan::stepsLeft(mesh, staged.goal, context.rules()));
  context.say(fmt::format("stage {}; {} left to {}; nothing is changed\n", decision.nameOf(decision.stage),
                          steps.empty() ? "nothing" : fmt::format("{} steps", steps.size()),
                          decision.nameOf(staged.goal.until)));
  int number = 0;
  for (const auto& step : steps) {
    if (step.towards < staged.from) {
      return base::fail(
          rotate::gateError(decision, fmt::format("stage {} is not reached", plan::name(step.towards))));
    }
    context.print(fmt::format("# {}. {}\n#    {}\n", ++number, step.title, step.effect));
    TRY_ASSIGN(const auto requests, requestsOf(cluster)(step));
    context.print(requests);
  }
  const bool no = decision.kind == plan::Decision::Kind::blocked ||
                  (decision.kind == plan::Decision::Kind::wait && decision.gate);
  if (no) return base::fail(rotate::gateError(decision, "now blocked"));
  return 0;
}

/// Each waiver and what it risks, told before anything is done.
base::Result<std::vector<rotate::JournaledProgress::Waiver>> acceptRisks(Context& context,
                                                                         rotate::Cluster& cluster,
                                                                         const trust::Waivers& names) {
  std::vector<rotate::JournaledProgress::Waiver> waivers;
  if (names.empty()) return waivers;
  TRY_ASSIGN(const auto mesh, cluster.observe(false));
  TRY_ASSIGN(const auto risks, risksOf(names, mesh));
  for (const auto& risk : risks) {
    ui::printWarning(context.terminal().err, "accepted without proof: " + risk.name + ": " + risk.text);
    waivers.push_back({risk.name, risk.text});
  }
  return waivers;
}

base::Result<std::filesystem::path> evidenceDirectory(Context& context, const Options& options) {
  if (options.has("evidence")) return std::filesystem::path(options.text("evidence"));
  TRY_ASSIGN(const auto own, ownCaDirectory(context));
  return own / "evidence";
}

/// At the end of a rotation. The mesh is as it should be: that no file can be written is no failure of that.
void leaveEvidence(Context& context, const Options& options, rotate::Journal& journal,
                   const std::optional<rotate::MeshState>& state) {
  const auto written = [&]() -> base::Result<std::filesystem::path> {
    TRY_ASSIGN(const auto entries, journal.read());
    if (entries.empty()) return base::fail({base::Kind::failed, "the journal is empty"});
    TRY_ASSIGN(const auto directory, evidenceDirectory(context, options));
    return writeEvidence(directory, rotate::evidenceOf(rotate::rotationsOf(entries).back(), state));
  }();
  if (written) {
    context.say("evidence: " + written->string() + " and .json\n");
  } else {
    ui::printWarning(context.terminal().err, "no evidence is written: " + base::describe(written.error()),
                     "write it with: kubectl istio-ca journal --evidence DIR");
  }
}

}  // namespace

std::function<base::Result<std::string>(const plan::Step&)> requestsOf(rotate::Cluster& cluster) {
  return [&cluster](const plan::Step& step) -> base::Result<std::string> {
    TRY_ASSIGN(const auto requests, cluster.requests(step.action));
    std::string text;
    for (const auto& request : requests) text += kube::describe(request) + "\n";
    return text;
  };
}

base::Error stoppedError(Context& context, base::Error error, const rotate::JournaledProgress& progress) {
  if (error.kind != base::Kind::interrupted) return error;
  const auto& written = progress.lastStep();
  error.message = progress.stage().empty() ? "interrupted before the mesh was read"
                                           : "interrupted at stage " + progress.stage();
  error.reason = written.empty() ? "nothing was written" : "last written: " + written;
  error.hint =
      "nothing is half done: the mesh stands between two proven steps. Go on with: " + context.commandLine();
  return error;
}

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
  own.push_back(acceptUnprovenOption());
  own.push_back({.name = "take-over",
                 .help = "take the lease of another rotation at once, instead of leaving it alone"});
  own.push_back({.name = "evidence",
                 .takes = Takes::directory,
                 .value = "DIR",
                 .help = "where the evidence goes at the end (default: with the CAs that rotate makes)"});
  return own;
}

base::Result<int> runStaged(Context& context, const Options& options, Staged staged) {
  TRY_ASSIGN(staged.goal.waivers, readWaivers(options));
  TRY_ASSIGN(kube::Api * api, context.api());
  staged.goal.mounts = true;
  rotate::Cluster cluster(*api, context.clock(), context.istioNamespace(), staged.newKey);
  TRY_ASSIGN(auto waivers, acceptRisks(context, cluster, staged.goal.waivers));
  if (options.on("dry-run")) return printRequests(context, cluster, staged);
  if (!options.on("yes") && !context.terminal().canAsk) {
    return base::fail({base::Kind::usage, "this changes the mesh and there is no terminal to ask on", "",
                       "pass --yes to go on without being asked, or --dry-run to see the requests"});
  }
  const auto terminal = makeRunProgress(context, {.command = context.command(),
                                                  .goal = staged.goal,
                                                  .yes = options.on("yes"),
                                                  .requests = requestsOf(cluster)});
  rotate::Journal journal(*api, context.istioNamespace(), {"", context.commandLine()});
  rotate::JournaledProgress progress(*terminal, journal, std::move(waivers),
                                     [&] { return cluster.lastWrite(); });
  cluster.lease().configure(progress, options.on("take-over"));
  const auto started = context.clock().elapsed();
  const auto reached = rotate::run(cluster, context.clock(), progress,
                                   {.goal = staged.goal,
                                    .from = staged.from,
                                    .rules = context.rules(),
                                    .wait = options.on("wait"),
                                    .timeout = options.duration("timeout")});
  if (!reached) progress.stopped(reached.error());
  terminal->finish(reached.has_value());
  if (!reached) return base::fail(stoppedError(context, reached.error(), progress));
  if (reached->back && !reached->target.newRoot) {
    context.say(
        "nothing to undo: no CA secret has been made yet, the mesh signs with the CA that it always had\n");
    return 0;
  }
  const auto took = std::chrono::duration_cast<base::Seconds>(context.clock().elapsed() - started);
  context.say(fmt::format("stage {} holds for every proxy ({})\n", reached->nameOf(reached->stage),
                          base::formatDuration(took)));
  if (reached->stage >= plan::Stage::bothRoots) {
    context.say(
        "secret cacerts must stay from now on: without it an istiod that starts returns to the old CA "
        "silently\n");
  }
  const bool news = progress.ended();
  if (news && (reached->stage == plan::Stage::done || options.has("evidence")))
    leaveEvidence(context, options, journal, progress.state());
  return 0;
}

}  // namespace cli
