#include "rotate/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "trust/judge.h"

namespace rotate {

namespace {

using plan::Decision;
using trust::Blocker;

// Between two looks; a large mesh is looked at as often as it can be read.
constexpr base::Millis shortestPause{500};
// How long to wait for stragglers, once all is handed out, before the plan's step for them is taken.
constexpr base::Millis patience{10'000};
// A kubelet refreshes a mounted config map within its sync period of 1 min plus its cache's 1 min
// (kubernetes.io, "Mounted ConfigMaps are updated automatically"), with some slack. A bound, not a proof.
constexpr base::Millis mountBound{150'000};

std::string list(const trust::Blockers& blockers) {
  std::vector<std::string> lines;
  for (const auto& blocker : blockers) {
    auto line = "\n  " + blocker.subject + ": " + blocker.what;
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  return base::join(lines, "");
}

/// The pods that a decision waits for and that a refresh of their volumes could help.
std::vector<kube::PodRef> heldUp(const trust::Observation& mesh, const Decision& decision) {
  std::set<std::string> subjects;
  for (const auto& blocker : decision.blockers()) subjects.insert(blocker.subject);
  std::vector<kube::PodRef> pods;
  for (const auto& istiod : mesh.istiods) {
    if (!istiod.terminating && subjects.contains("istiod " + istiod.ns + "/" + istiod.pod)) {
      pods.push_back({istiod.ns, istiod.pod});
    }
  }
  if (!decision.mounts) return pods;
  for (const auto& proxy : mesh.proxies) {
    if (!proxy.terminating && subjects.contains(proxy.ns + "/" + proxy.pod))
      pods.push_back({proxy.ns, proxy.pod});
  }
  return pods;
}

class Run {
 public:
  Run(World& world, base::Clock& clock, Progress& progress, RunOptions options)
      : world_(world),
        clock_(clock),
        progress_(progress),
        options_(std::move(options)),
        since_(clock.elapsed()) {}

  base::Result<Decision> toTheGoal() {
    while (true) {
      if (leased_) TRY(world_.holdLease(false));
      const auto started = clock_.elapsed();
      TRY_ASSIGN(const bool readable, look());
      if (readable) {
        TRY_ASSIGN(auto decision, plan::next(*mesh_, options_.goal, options_.rules));
        report(decision);
        if (decision.kind == Decision::Kind::done) return decision;
        if (decision.mounts && !readMounts_) {
          readMounts_ = true;
          continue;
        }
        TRY(mayGoOn(decision));
        if (decision.kind == Decision::Kind::act) {
          TRY(leased_ ? take(*decision.step, decision) : claim());
          continue;
        }
        TRY(help(decision));
        progress_.waiting(decision, clock_.elapsed() - since_, options_.timeout);
      }
      TRY(clock_.pause(std::max(shortestPause, clock_.elapsed() - started)));
    }
  }

 private:
  /// False if the mesh could not be read this time, and that may pass.
  base::Result<bool> look() {
    auto mesh = world_.observe(readMounts_);
    if (mesh) {
      mesh_ = std::move(*mesh);
      return true;
    }
    if (mesh.error().kind != base::Kind::unavailable || !wrote_) return base::fail(mesh.error());
    if (clock_.elapsed() - since_ > options_.timeout) return base::fail(mesh.error());
    progress_.note(base::describe(mesh.error()) + "; trying again");
    return false;
  }

  void report(const Decision& decision) {
    if (!shown_ || decision.stage > *shown_) {
      if (shown_) progress_.reached(decision.stage);
      shown_ = decision.stage;
      since_ = clock_.elapsed();
    }
    watchDistribution(decision);
  }

  /// Since when trust distribution has held both roots, for mounts that cannot be read.
  void watchDistribution(const Decision& decision) {
    if (!decision.target.newRoot) return;
    auto both = decision.target.oldRoots;
    both.push_back(*decision.target.newRoot);
    if (!trust::Judge(*mesh_).everyDistributionHolds(both).yes()) {
      distributed_.reset();
    } else if (!distributed_) {
      distributed_ = clock_.elapsed();
    }
    options_.goal.mountBoundReached = distributed_ && clock_.elapsed() - *distributed_ >= mountBound;
  }

  base::Status mayGoOn(const Decision& decision) const {
    if (decision.kind == Decision::Kind::blocked) return base::fail(gateError(decision, "blocked"));
    const bool early = options_.rules.gates && decision.towards < options_.from;
    const bool waits = decision.kind == Decision::Kind::wait;
    if (early && !(waits && options_.wait)) {
      return base::fail(earlyError(decision));
    }
    // What the API server forbids to read will not become readable by waiting.
    const auto blockers = decision.blockers();
    if (waits &&
        std::any_of(blockers.begin(), blockers.end(), [](const Blocker& each) { return each.forbidden; })) {
      return base::fail(gateError(decision, "not permitted"));
    }
    if (waits && decision.gate && !wrote_ && !options_.wait)
      return base::fail(gateError(decision, "the gate says no"));
    if (waits && clock_.elapsed() - since_ > options_.timeout) {
      auto error = gateError(
          decision,
          fmt::format("gave up after {}",
                      base::formatDuration(std::chrono::duration_cast<base::Seconds>(options_.timeout))));
      error.kind = base::Kind::timedOut;
      error.hint =
          "nothing is undone and nothing is lost: run the same command again to go on, with a longer "
          "--timeout";
      return base::fail(error);
    }
    return {};
  }

  /// For a command whose own stages are not due yet: what its gate asks of the proxies, answered now.
  [[nodiscard]] base::Error earlyError(Decision decision) const {
    const auto stage = plan::name(decision.towards);
    trust::Judge judge(*mesh_);
    if (decision.target.newRoot) {
      auto both = decision.target.oldRoots;
      both.push_back(*decision.target.newRoot);
      const bool removal = options_.from == plan::Stage::oldRootRemoved;
      decision.answers = {removal ? judge.everyLeafVerifiesWith(*decision.target.newRoot)
                                  : judge.everyProxyTrusts(both)};
    }
    auto error = gateError(decision, fmt::format("stage {} is not reached", stage));
    if (decision.step)
      error.hint = fmt::format("first: {} (kubectl istio-ca plan shows all steps)", decision.step->title);
    if (!decision.missing()) error.kind = base::Kind::gate;
    return error;
  }

  /// Only who is about to write claims the lease; what was judged before that is judged again.
  base::Status claim() {
    TRY(world_.holdLease(true));
    leased_ = true;
    return {};
  }

  base::Status take(const plan::Step& step, const Decision& decision) {
    TRY_ASSIGN(const bool yes, progress_.confirm(step, decision));
    if (!yes) {
      return base::fail({base::Kind::failed, "stopped before: " + step.title, "you said no",
                         "the mesh stays at stage " + std::string(plan::name(decision.stage)) +
                             "; run the same command again to go on"});
    }
    return perform(step);
  }

  base::Status perform(const plan::Step& step) {
    TRY(claim());
    progress_.acting(step);
    const auto started = clock_.elapsed();
    const auto done = world_.perform(step.action);
    if (!done && done.error().kind == base::Kind::conflict && ++conflicts_ < 5) {
      progress_.note(base::describe(done.error()) + "; looking again before anything is written");
      return {};
    }
    if (!done) return base::fail(done.error());
    progress_.acted(step, clock_.elapsed() - started);
    if (const auto* restart = std::get_if<plan::RestartWorkloads>(&step.action)) {
      options_.goal.restarted.insert(restart->workloads.begin(), restart->workloads.end());
    }
    wrote_ = true;
    readMounts_ = false;
    conflicts_ = 0;
    nudged_.clear();
    offered_.reset();
    since_ = clock_.elapsed();
    return {};
  }

  /// What shortens an arrival: fresh volumes for the pods that are behind, once a write; and the step that
  /// the plan gives for stragglers, when nothing has moved for a while.
  base::Status help(const Decision& decision) {
    std::vector<kube::PodRef> pods;
    for (const auto& pod : heldUp(*mesh_, decision)) {
      if (nudged_.insert(pod).second) pods.push_back(pod);
    }
    if (!pods.empty()) world_.nudge(pods);
    if (!decision.step) offered_.reset();
    if (!decision.step) return {};
    if (!offered_) offered_ = clock_.elapsed();
    if (clock_.elapsed() - *offered_ < patience) return {};
    const auto since = since_;
    TRY(perform(*decision.step));
    since_ = since;  // the arrival that is waited for is still the same
    return {};
  }

  World& world_;
  base::Clock& clock_;
  Progress& progress_;
  RunOptions options_;
  std::optional<trust::Observation> mesh_;
  std::optional<plan::Stage> shown_;
  std::optional<base::Millis> distributed_;
  std::set<kube::PodRef> nudged_;
  base::Millis since_;                   // the present wait began
  std::optional<base::Millis> offered_;  // since when the plan has a step for stragglers
  bool leased_ = false, wrote_ = false, readMounts_ = false;
  int conflicts_ = 0;
};

}  // namespace

base::Error gateError(const Decision& decision, std::string_view what) {
  const auto blockers = decision.blockers();
  const bool no = std::any_of(blockers.begin(), blockers.end(),
                              [](const Blocker& blocker) { return blocker.kind == Blocker::Kind::no; });
  const bool forbidden =
      std::any_of(blockers.begin(), blockers.end(), [](const Blocker& blocker) { return blocker.forbidden; });
  base::Error error;
  error.kind = forbidden ? base::Kind::forbidden : no ? base::Kind::gate : base::Kind::unproven;
  const auto* missing = decision.missing();
  error.message = fmt::format(
      "{}: {}", what, missing ? "it does not hold that " + missing->predicate : "something comes first");
  if (error.kind == base::Kind::unproven && missing) {
    error.message = fmt::format("{}: it is not proven that {}", what, missing->predicate);
  }
  error.reason = list(blockers);
  if (no) {
    const bool restart = std::any_of(blockers.begin(), blockers.end(), [](const Blocker& blocker) {
      return blocker.what.find("must be restarted") != std::string::npos;
    });
    error.hint =
        restart
            ? "restart them with: kubectl istio-ca restart --workloads, or allow it with --restart-workloads"
            : "nothing was changed by this; see: kubectl istio-ca plan";
  } else {
    error.hint = "what cannot be read blocks: see why with: kubectl istio-ca verify";
  }
  return error;
}

base::Result<Decision> run(World& world, base::Clock& clock, Progress& progress, RunOptions options) {
  return Run(world, clock, progress, std::move(options)).toTheGoal();
}

}  // namespace rotate
