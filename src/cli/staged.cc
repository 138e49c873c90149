#include "cli/staged.h"

#include <fmt/format.h>

#include "base/interrupt.h"
#include "cli/dry_run.h"
#include "cli/events.h"
#include "cli/evidence_report.h"
#include "cli/global_options.h"
#include "cli/own_ca.h"
#include "cli/run_progress.h"
#include "cli/waivers.h"
#include "kube/redact.h"
#include "rotate/cluster.h"
#include "rotate/journaled_progress.h"
#include "ui/terminal.h"

namespace cli {

namespace {

/// The mesh, for a run of which someone wants to see each look.
class SeenWorld final : public rotate::World {
 public:
  SeenWorld(rotate::World& world, Context& context) : world_(world), context_(context) {}
  base::Result<trust::Observation> observe(bool mounts) override {
    auto mesh = world_.observe(mounts);
    if (mesh) context_.looked(*mesh);
    return mesh;
  }
  base::Result<trust::Observation> glance(const mesh::Part& part, bool mounts,
                                          const trust::Observation& before) override {
    return world_.glance(part, mounts, before);
  }
  base::Status perform(const plan::Action& action) override { return world_.perform(action); }
  void nudge(const std::vector<kube::PodRef>& pods) override { world_.nudge(pods); }
  base::Status holdLease(bool checkNow) override { return world_.holdLease(checkNow); }

 private:
  rotate::World& world_;
  Context& context_;
};

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

/// The command that goes on from a stage; empty where nothing is left.
std::string continuation(const plan::Decision& reached) {
  if (reached.back) return reached.stage == plan::Stage::done ? "" : "rollback";
  switch (reached.stage) {
    case plan::Stage::selfSigned:
    case plan::Stage::multiRoot:
      return "add-root --root FILE";
    case plan::Stage::bothRoots:
      return "switch-signer --ca DIR";
    case plan::Stage::newSigner:
      return "switch-signer";
    case plan::Stage::newLeaves:
    case plan::Stage::oldRootRemoved:
      return "remove-old-root";
    case plan::Stage::done:
      return "finish";
  }
  return "";
}

/// What whoever goes on from here has to know.
void handOver(Context& context, const plan::Decision& reached, const std::string& next) {
  if (reached.stage == plan::Stage::done) return;
  context.say(
      fmt::format("the mesh may stay here as long as it has to: {} holds by proof, and no lease is held\n",
                  reached.nameOf(reached.stage)));
  context.say(fmt::format("next, by whoever goes on: {} {}\n", context.program(), next));
  if (!reached.back)
    context.say(fmt::format("or all that is left: {0} rotate{1}; or back: {0} rollback\n", context.program(),
                            reached.stage < plan::Stage::newSigner ? " --ca DIR" : ""));
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
  auto output = outputOption({"text", "json", "yaml", "jsonl"}, "text");
  output.help =
      "jsonl: each event as a line of JSON on standard output; json, yaml: of what --dry-run prints";
  own.push_back(std::move(output));
  return own;
}

base::Status checkOutput(const Options& options) {
  const auto format = options.text("output");
  if (options.on("dry-run") && format == "jsonl") {
    return base::fail({base::Kind::usage, "-o jsonl does not go with --dry-run", "nothing happens in it",
                       "-o json prints the requests"});
  }
  if (!options.on("dry-run") && (format == "json" || format == "yaml")) {
    return base::fail({base::Kind::usage, "-o " + format + " goes with --dry-run", "",
                       "-o jsonl prints what happens, each event on a line"});
  }
  return {};
}

namespace {

base::Result<int> runToGoal(Context& context, const Options& options, Staged staged) {
  TRY_ASSIGN(staged.goal.waivers, readWaivers(options));
  TRY_ASSIGN(kube::Api * api, context.api());
  staged.goal.mounts = true;
  rotate::Cluster cluster(*api, context.clock(), context.istioNamespace(), staged.newKey);
  TRY_ASSIGN(auto waivers, acceptRisks(context, cluster, staged.goal.waivers));
  if (options.on("dry-run")) return printRequests(context, options, cluster, staged);
  if (!options.on("yes") && !context.terminal().canAsk) {
    return base::fail({base::Kind::usage, "this changes the mesh and there is no terminal to ask on", "",
                       "pass --yes to go on without being asked, or --dry-run to see the requests"});
  }
  const auto terminal = makeRunProgress(context, {.command = context.command(),
                                                  .goal = staged.goal,
                                                  .yes = options.on("yes"),
                                                  .requests = requestsOf(cluster)});
  Events events(context, options, *terminal, [&] { return cluster.lastWrite(); });
  rotate::Journal journal(*api, context.istioNamespace(), {"", context.commandLine()},
                          [&] { return context.moment(); });
  rotate::JournaledProgress progress(events, journal, std::move(waivers),
                                     [&] { return cluster.lastWrite(); });
  cluster.lease().configure(progress, options.on("take-over"));
  const auto started = context.clock().elapsed();
  SeenWorld world(cluster, context);
  const auto reached = rotate::run(world, context.clock(), progress,
                                   {.goal = staged.goal,
                                    .from = staged.from,
                                    .rules = context.rules(),
                                    .wait = options.on("wait"),
                                    .timeout = options.duration("timeout"),
                                    .before = std::move(staged.seen)});
  if (!reached) progress.stopped(reached.error());
  terminal->finish(reached.has_value());
  if (!reached) return base::fail(stoppedError(context, reached.error(), progress));
  if (reached->back && !reached->target.newRoot) {
    context.say(
        "nothing to undo: no CA secret has been made yet, the mesh signs with the CA that it always had\n");
    tellEnd(context, options, reached->nameOf(reached->stage), "");
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
  const auto next = continuation(*reached);
  handOver(context, *reached, next);
  const bool news = progress.ended();
  const bool wanted = options.has("evidence") ? !options.text("evidence").empty()  // none of a rehearsal
                                              : reached->stage == plan::Stage::done;
  if (news && wanted) leaveEvidence(context, options, journal, progress.state());
  tellEnd(context, options, reached->nameOf(reached->stage),
          next.empty() ? next : context.program() + " " + next);
  return 0;
}

}  // namespace

base::Result<int> runStaged(Context& context, const Options& options, Staged staged) {
  TRY(checkOutput(options));
  auto done = runToGoal(context, options, std::move(staged));
  if (!done) tellEnd(context, options, done.error());
  return done;
}

}  // namespace cli
