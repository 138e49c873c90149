#include "rotate/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "rotate/ca_secret_watch.h"
#include "rotate/gate_error.h"
#include "rotate/held_up.h"
#include "rotate/parts.h"
#include "rotate/two_looks.h"
#include "trust/judge.h"

namespace rotate {

namespace {

using plan::Decision;
using trust::Blocker;

// Between two looks; a large mesh is looked at as often as it can be read.
constexpr base::Millis shortestPause{500};
// Between two looks at objects while pods start and end: this, or a third of the time waited, at most that.
constexpr base::Millis shortestRollout{1'000}, longestPause{10'000};
// A whole look at least so often while parts of the mesh are looked at: what the others hold changes too.
constexpr base::Millis atLeastWhole{15'000};
// A step is taken on what was read not longer ago than this; who is asked may take their time.
constexpr base::Millis freshFor{3'000};
// What cannot be read is tried again for so long before a run that has written nothing yet says unproven: a
// pod that has just started may not answer yet.
constexpr base::Millis secondChance{15'000};
// A kubelet refreshes a mounted config map within its sync period of 1 min plus its cache's 1 min
// (kubernetes.io, "Mounted ConfigMaps are updated automatically"), with some slack. A bound, not a proof.
constexpr base::Millis mountBound{150'000};

class Run {
 public:
  Run(World& world, base::Clock& clock, Progress& progress, RunOptions options)
      : world_(world),
        clock_(clock),
        progress_(progress),
        options_(std::move(options)),
        since_(clock.elapsed()) {}

  base::Result<Decision> toTheGoal() {
    if (options_.before) TRY(remember(*options_.before));
    while (true) {
      const auto started = clock_.elapsed();
      if (leased_) TRY(answered(world_.holdLease(false), noWriteSince_));
      if (part_) {
        TRY_ASSIGN(const bool waits, glance(started));
        if (waits) continue;
      }
      TRY_ASSIGN(const bool readable, look());
      if (readable) {
        auto judged = plan::next(*mesh_, options_.goal, options_.rules);
        if (!judged) {
          TRY(mayPass(judged.error()));
          TRY(clock_.pause(shortestPause));
          continue;
        }
        auto decision = *std::move(judged);
        progress_.looked(*mesh_, decision);
        report(decision);
        part_ = partFor(decision, *mesh_);
        wholeAt_ = clock_.elapsed();
        wholeTook_ = wholeAt_ - started;
        wholeSinceWrite_ = true;
        if (decision.kind == Decision::Kind::done) return decision;
        if (goesOnToMounts(decision)) continue;
        TRY(mayGoOn(decision));
        if (decision.kind == Decision::Kind::act) {
          TRY(act(decision, started));
          continue;
        }
        if (decision.kind == Decision::Kind::wait) {
          TRY(help(decision));
          progress_.waiting(decision, clock_.elapsed() - since_, options_.timeout);
        }
      }
      TRY(clock_.pause(std::max(shortestPause, clock_.elapsed() - started)));
    }
  }

 private:
  /// True if it succeeded; false if the API server did not answer, which may pass: noted and to be tried
  /// again, for as long as --timeout, once it has answered at all. Anything else ends the run.
  base::Result<bool> answered(const base::Status& status, std::optional<base::Millis>& silentSince) {
    if (status) return true;
    if (status.error().kind != base::Kind::unavailable || !mesh_) return base::fail(status.error());
    if (!silentSince) silentSince = clock_.elapsed();
    if (clock_.elapsed() - *silentSince > options_.timeout) return base::fail(status.error());
    progress_.note(base::describe(status.error()) + "; trying again");
    return false;
  }

  /// False if the mesh could not be read this time, and that may pass.
  base::Result<bool> look() {
    progress_.looking();
    auto mesh = world_.observe(readMounts_);
    if (!mesh) return answered(base::fail(mesh.error()), noReadSince_);
    noReadSince_.reset();
    mesh_ = std::move(*mesh);
    glanced_.reset();
    if (auto tampered = watch_.look(*mesh_)) return base::fail(*tampered);
    return true;
  }

  /// While it is sure that there is only to wait, what stands in the way is read anew, and not all of a large
  /// mesh every second. True while that is so, when this has paused, or has taken a restart, which objects
  /// alone decide; whatever else is to be done is for a whole look to say.
  base::Result<bool> glance(base::Millis started) {
    auto seen = world_.glance(*part_, readMounts_, glanced_ ? *glanced_ : *mesh_);
    if (!seen) return false;
    glanced_ = *std::move(seen);
    if (auto tampered = watch_.look(*glanced_)) return base::fail(*tampered);
    const auto judged = plan::next(*glanced_, options_.goal, options_.rules);
    if (judged && mayWaitOn(*judged, started)) return waitOn(*judged, started);
    if (!judged) return false;
    if (judged->byObjects && judged->kind == Decision::Kind::blocked && !staysBlocked(*judged)) {
      TRY(clock_.pause(shortestPause));
      return true;
    }
    if (widen(*part_, *judged)) return true;
    if (part_->streams && wholeSinceWrite_ && goesOnToMounts(*judged)) return true;
    if (goesOnToProxies(*judged)) return true;
    readMounts_ = readMounts_ || judged->mounts;
    if (judged->kind != Decision::Kind::act || !leased_) return false;
    if (judged->byObjects && isRestart(judged->step->action)) return restartOn(*judged, started);
    if (!part_->streams || !wholeSinceWrite_) return false;
    // What was read part by part since the last whole look is one look that took long: the first of two.
    static_cast<void>(heldBefore(*judged, *glanced_, started));
    part_.reset();
    TRY(clock_.pause(untilProof(*judged->step)));
    return true;
  }

  /// The istiods, which alone were read since a write, are through: now those who hear it from them are.
  bool goesOnToProxies(const Decision& decision) {
    const bool atIstiods = part_->proxies && part_->proxies->empty();
    if (!atIstiods || decision.kind != Decision::Kind::wait || decision.stage != shown_) return false;
    auto next = partFor(decision, *glanced_);
    if (!next || !next->proxies || next->proxies->empty()) return false;
    part_ = std::move(next);
    return true;
  }

  /// All else holds: now what is mounted in the pods is read, and not asked again what has just been.
  bool goesOnToMounts(const Decision& decision) {
    if (!decision.mounts || readMounts_) return false;
    readMounts_ = true;
    part_ = mountsAlone();
    return true;
  }

  /// A glance is enough for this decision, still in the same stage, and the last whole look is not too old.
  [[nodiscard]] bool mayWaitOn(const Decision& decision, base::Millis started) const {
    if (decision.mounts && !readMounts_) return false;
    if (!waitsSurely(decision, *glanced_, *part_)) return false;
    return decision.byObjects ||
           (decision.stage == shown_ && started - wholeAt_ < std::max(atLeastWhole, 4 * wholeTook_));
  }

  /// False if a straggler's help is due, and there was no whole look since the last write.
  base::Result<bool> waitOn(const Decision& decision, base::Millis started) {
    progress_.glanced(decision);
    TRY(mayGoOn(decision));
    looks_.forget();
    watchDistribution(decision, *glanced_);
    narrow(*part_, decision, *glanced_, options_.goal.restarted);
    if (part_->mountsAlone) part_ = partFor(decision, *glanced_);
    if (!decision.byObjects) {
      nudge(decision, *glanced_);
      const bool due = helpIsDue(decision);
      if (due && !wholeSinceWrite_) return false;
      if (due) return helpBy(*decision.step);
    }
    progress_.waiting(decision, clock_.elapsed() - since_, options_.timeout);
    TRY(clock_.pause(pauseAfter(decision, started)));
    return true;
  }

  /// While objects decide, which are lists of pods, a fifth of the time at most goes into reading them.
  [[nodiscard]] base::Millis pauseAfter(const Decision& decision, base::Millis started) const {
    const auto took = clock_.elapsed() - started;
    if (!decision.byObjects) return std::max(shortestPause, took);
    const auto patient = std::min((clock_.elapsed() - since_) / 3, longestPause);
    return std::max({shortestRollout, 4 * took, patient});
  }

  base::Result<bool> restartOn(const Decision& decision, base::Millis started) {
    progress_.glanced(decision);
    TRY(mayGoOn(decision));
    if (heldBefore(decision, *glanced_, started)) return take(*decision.step, decision);
    TRY(clock_.pause(shortestPause));
    return true;
  }

  /// Takes the step if this look is the second one that finds it due; else waits as long as that one has to.
  base::Status act(const Decision& decision, base::Millis began) {
    const bool due = heldBefore(decision, *mesh_, began);
    if (!leased_) {
      TRY_ASSIGN(const bool claimed, answered(claim(), noWriteSince_));
      if (claimed && due) return {};
    } else if (due) {
      TRY_ASSIGN(const bool went, take(*decision.step, decision));
      if (went) return {};
    }
    return clock_.pause(untilProof(*decision.step));
  }

  /// Of two looks on which a step rests, this was the second, or one is enough.
  bool heldBefore(const Decision& decision, const trust::Observation& mesh, base::Millis began) {
    return !options_.rules.gates || looks_.found(decision, mesh, began, clock_.elapsed());
  }

  /// What a look before the run found due: the lease is claimed for it, and the next look is the second.
  base::Status remember(const Look& look) {
    const auto decision = plan::next(look.mesh, options_.goal, options_.rules);
    if (!decision || decision->kind != Decision::Kind::act || decision->mounts) return {};
    if (isEarly(*decision)) return {};
    if (options_.rules.gates) static_cast<void>(looks_.found(*decision, look.mesh, look.at, look.at));
    const auto claimed = claim();
    // An API server that does not answer is asked again when the step is still due.
    return claimed || claimed.error().kind == base::Kind::unavailable ? base::Status{} : claimed;
  }

  [[nodiscard]] base::Millis untilProof(const plan::Step& step) const {
    return std::max(shortestPause, looks_.until(step, clock_.elapsed()));
  }

  /// That a secret could not be read may pass: like a proxy that does not answer.
  base::Status mayPass(const base::Error& error) {
    if (error.kind != base::Kind::unproven) return base::fail(error);
    if (!unreadSince_) unreadSince_ = clock_.elapsed();
    if (clock_.elapsed() - *unreadSince_ >= (wrote_ ? options_.timeout : secondChance))
      return base::fail(error);
    progress_.note(base::describe(error) + "; trying again");
    return {};
  }

  void report(const Decision& decision) {
    if (decision.kind != Decision::Kind::act) looks_.forget();
    if (!shown_ || decision.stage > *shown_) {
      if (shown_) progress_.reached(decision);
      shown_ = decision.stage;
      since_ = clock_.elapsed();
    }
    watchDistribution(decision, *mesh_);
  }

  /// Since when trust distribution has held both roots, for mounts that cannot be read.
  void watchDistribution(const Decision& decision, const trust::Observation& mesh) {
    if (!decision.target.newRoot) return;
    auto both = decision.target.oldRoots;
    both.push_back(*decision.target.newRoot);
    if (!trust::Judge(mesh, options_.goal.waivers).everyDistributionHolds(both).yes()) {
      distributed_.reset();
    } else if (!distributed_) {
      distributed_ = clock_.elapsed();
    }
    options_.goal.mountBoundReached = distributed_ && clock_.elapsed() - *distributed_ >= mountBound;
  }

  /// All that is missing could not be read, and nothing that this run wrote can be the reason.
  bool nothingButUnread(const Decision& decision) {
    const auto blockers = decision.blockers();
    const bool unread = !wrote_ && !blockers.empty() && decision.kind == Decision::Kind::wait &&
                        std::all_of(blockers.begin(), blockers.end(),
                                    [](const Blocker& each) { return each.kind == Blocker::Kind::unproven; });
    if (!unread) unreadSince_.reset();
    if (unread && !unreadSince_) unreadSince_ = clock_.elapsed();
    return unread;
  }

  /// Blocked is what two looks in a row say: one alone may have read first what has changed when it reads the
  /// rest, such as istiod's Deployment before, and the Istio resource after, the operator was done.
  bool staysBlocked(const Decision& decision) {
    const bool before = std::exchange(blocked_, decision.kind == Decision::Kind::blocked);
    return before && blocked_;
  }

  /// The stages of this command are not due yet.
  [[nodiscard]] bool isEarly(const Decision& decision) const {
    return options_.rules.gates && decision.towards < options_.from;
  }

  base::Status mayGoOn(const Decision& decision) {
    if (staysBlocked(decision)) return base::fail(gateError(decision, "blocked"));
    if (decision.kind == Decision::Kind::blocked) return {};
    const bool waits = decision.kind == Decision::Kind::wait;
    if (isEarly(decision) && !(waits && options_.wait)) {
      return base::fail(earlyError(decision));
    }
    // What the API server forbids to read will not become readable by waiting.
    const auto blockers = decision.blockers();
    if (waits &&
        std::any_of(blockers.begin(), blockers.end(), [](const Blocker& each) { return each.forbidden; })) {
      return base::fail(gateError(decision, "not permitted"));
    }
    if (nothingButUnread(decision) && !options_.wait) {
      if (clock_.elapsed() - *unreadSince_ < secondChance) return {};
      return base::fail(gateError(decision, "unproven"));
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
    const auto stage = decision.nameOf(decision.towards);
    trust::Judge judge(*mesh_, options_.goal.waivers);
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

  /// False if the API server did not answer: the same step is judged again, and not asked about again.
  base::Result<bool> take(const plan::Step& step, const Decision& decision) {
    if (agreed_ != step.title) {
      const auto asked = clock_.elapsed();
      TRY_ASSIGN(const bool yes, progress_.confirm(step, decision));
      if (yes) agreed_ = step.title;
      // What the proof was read from is as old as the answer took: it is read again, and not asked about.
      if (yes && clock_.elapsed() - asked >= freshFor) {
        looks_.forget();
        return true;
      }
    }
    if (agreed_ != step.title) {
      return base::fail({base::Kind::failed, "stopped before: " + step.title, "you said no",
                         "the mesh stays at stage " + std::string(decision.nameOf(decision.stage)) +
                             "; run the same command again to go on"});
    }
    return perform(step);
  }

  base::Result<bool> perform(const plan::Step& step) {
    TRY_ASSIGN(const bool held, answered(claim(), noWriteSince_));
    if (!held) return false;
    TRY_ASSIGN(const bool told, answered(progress_.acting(step), noWriteSince_));
    if (!told) return false;
    watch_.willWrite(step.action);
    const auto started = clock_.elapsed();
    const auto done = world_.perform(step.action);
    if (!done) progress_.failed(step, done.error());
    if (!done) return refused(done.error());
    noWriteSince_.reset();
    progress_.acted(step, clock_.elapsed() - started);
    if (const auto* restart = std::get_if<plan::RestartWorkloads>(&step.action)) {
      options_.goal.restarted.insert(restart->workloads.begin(), restart->workloads.end());
    }
    wrote_ = true;
    part_ = options_.rules.gates ? std::optional(partAfter(step.action)) : std::nullopt;
    wholeAt_ = clock_.elapsed();
    // A backup changes nothing of what was seen.
    wholeSinceWrite_ = wholeSinceWrite_ && std::holds_alternative<plan::BackUpCa>(step.action);
    readMounts_ = false;
    conflicts_ = 0;
    nudged_.clear();
    offered_.reset();
    agreed_.clear();
    looks_.forget();
    since_ = clock_.elapsed();
    return true;
  }

  /// A write that was not done, or whose answer was lost: what has become of it the next look tells.
  base::Result<bool> refused(const base::Error& error) {
    if (error.kind == base::Kind::conflict) {
      watch_.refused();
      if (++conflicts_ >= 5) return base::fail(error);
      progress_.note(base::describe(error) + "; looking again before anything is written");
      return true;
    }
    wrote_ = wrote_ || error.kind == base::Kind::unavailable;
    return answered(base::fail(error), noWriteSince_);
  }

  /// Fresh volumes for the pods that are behind, once a write.
  void nudge(const Decision& decision, const trust::Observation& mesh) {
    std::vector<kube::PodRef> pods;
    for (const auto& pod : heldUp(mesh, decision)) {
      if (nudged_.insert(pod).second) pods.push_back(pod);
    }
    if (!pods.empty()) world_.nudge(pods);
  }

  /// The step that the plan gives for stragglers is due when nothing has moved for a while.
  bool helpIsDue(const Decision& decision) {
    const auto* missing = decision.missing();
    const auto reached = missing ? std::pair(missing->predicate, missing->holds) : decltype(reached_)();
    const bool moved = std::exchange(reached_, reached) != reached;
    if (!decision.step || moved) offered_.reset();
    if (!decision.step) return false;
    if (!offered_) offered_ = clock_.elapsed();
    return clock_.elapsed() - *offered_ >= decision.patience;
  }

  /// What shortens an arrival.
  base::Status help(const Decision& decision) {
    nudge(decision, *mesh_);
    if (helpIsDue(decision)) TRY(helpBy(*decision.step));
    return {};
  }

  /// False if the API server did not answer.
  base::Result<bool> helpBy(const plan::Step& step) {
    const auto since = since_;
    TRY_ASSIGN(const bool went, perform(step));
    since_ = since;  // the arrival that is waited for is still the same
    return went;
  }

  World& world_;
  base::Clock& clock_;
  Progress& progress_;
  RunOptions options_;
  std::optional<trust::Observation> mesh_;     // the last whole look
  std::optional<trust::Observation> glanced_;  // what was seen of it since
  std::optional<plan::Stage> shown_;
  std::optional<base::Millis> distributed_;
  std::set<kube::PodRef> nudged_;
  base::Millis since_;  // the present wait began
  std::optional<base::Millis>
      offered_;  // since when the plan has a step for stragglers and nothing has moved
  std::pair<std::string, std::size_t> reached_;  // what was waited for, and of how much it held
  std::optional<base::Millis> noReadSince_,
      noWriteSince_;  // since when the API server has not answered these
  std::optional<base::Millis> unreadSince_;
  TwoLooks looks_;
  std::string agreed_;  // the title of the step that the user has said yes to
  CaSecretWatch watch_;
  bool leased_ = false, wrote_ = false, readMounts_ = false;
  bool blocked_ = false;            // as the last look found
  std::optional<mesh::Part> part_;  // what a glance may read instead of a whole look; none: nothing is sure
  base::Millis wholeAt_{0};         // the last whole look ended, or the last write
  base::Millis wholeTook_{0};
  bool wholeSinceWrite_ = false;
  int conflicts_ = 0;
};

}  // namespace

base::Result<Decision> run(World& world, base::Clock& clock, Progress& progress, RunOptions options) {
  return Run(world, clock, progress, std::move(options)).toTheGoal();
}

}  // namespace rotate
