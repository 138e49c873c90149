#include "rotate/restart.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "plan/restarts.h"
#include "rotate/gate_error.h"
#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace rotate {

namespace {

constexpr base::Millis pauseBetweenLooks{700};

/// Takes one step, if the user agrees and what it stands on still holds then.
base::Status take(World& world, base::Clock& clock, Progress& progress, const plan::Step& step,
                  const std::function<base::Status()>& stillHolds = {}) {
  TRY_ASSIGN(const bool yes, progress.confirm(step, {}));
  if (!yes) return base::fail({base::Kind::failed, "stopped before: " + step.title, "you said no"});
  if (stillHolds) TRY(stillHolds());
  TRY(world.holdLease(true));
  TRY(progress.acting(step));
  const auto started = clock.elapsed();
  TRY(world.perform(step.action));
  progress.acted(step, clock.elapsed() - started);
  return {};
}

/// An istiod that starts now has to sign what everyone accepts.
base::Status mayStart(const trust::Observation& mesh) {
  trust::Judge judge(mesh);
  plan::Decision decision;
  decision.answers.push_back(judge.noIstiodCanStartOutside());
  if (decision.answers.front().yes() && mesh.cacerts && *mesh.cacerts) {
    TRY_ASSIGN(const auto roots, trust::rootsOf(**mesh.cacerts));
    TRY_ASSIGN(const auto anchors, trust::anchorsOf(**mesh.cacerts, roots, mesh.takenAt));
    decision.answers.push_back(judge.everyProxyTrusts(anchors));
    decision.answers.push_back(judge.everyDistributionHolds(anchors));
  }
  if (!decision.missing()) return {};
  return base::fail(gateError(decision, "istiod must not start now"));
}

/// Where the mesh stands in a rotation, for the journal; a restart does not depend on it.
void tellWhere(Progress& progress, const trust::Observation& mesh) {
  if (const auto decision = plan::next(mesh, {})) progress.looked(mesh, *decision);
}

/// Looks until the answer holds.
base::Status await(World& world, base::Clock& clock, Progress& progress, base::Millis timeout,
                   const std::function<trust::Answer(const trust::Observation&)>& question) {
  const auto started = clock.elapsed();
  while (true) {
    TRY(world.holdLease(false));
    progress.looking();
    TRY_ASSIGN(const auto mesh, world.observe(false));
    plan::Decision decision;
    decision.kind = plan::Decision::Kind::wait;
    decision.answers.push_back(question(mesh));
    if (decision.answers.front().yes()) return {};
    if (clock.elapsed() - started > timeout) {
      auto error = gateError(decision, "gave up waiting");
      error.kind = base::Kind::timedOut;
      return base::fail(error);
    }
    progress.waiting(decision, clock.elapsed() - started, timeout);
    TRY(clock.pause(pauseBetweenLooks));
  }
}

}  // namespace

base::Status restartIstiods(World& world, base::Clock& clock, Progress& progress, base::Millis timeout) {
  TRY_ASSIGN(const auto before, world.observe(false));
  TRY(mayStart(before));
  tellWhere(progress, before);
  std::set<std::string> old;
  for (const auto& istiod : before.istiods) old.insert(istiod.uid);
  const auto mark = before.cacerts && *before.cacerts ? trust::startMark(**before.cacerts) : "";
  for (const auto& deployment : before.istiodDeployments) {
    TRY(take(world, clock, progress,
             {plan::Stage::done, "restart istiod " + deployment.ns + "/" + deployment.name,
              "new istiod pods start from the CA secret as it is now",
              plan::RestartIstiod{deployment.ns, deployment.name, mark}},
             [&]() -> base::Status {
               TRY_ASSIGN(const auto now, world.observe(false));
               return mayStart(now);
             }));
    TRY(await(world, clock, progress, timeout, [&](const trust::Observation& mesh) {
      auto answer = trust::Judge(mesh).everyIstiodRolledOut();
      for (const auto& istiod : mesh.istiods) {
        if (istiod.deployment == deployment.name && old.contains(istiod.uid)) {
          answer.blockers.push_back(
              {trust::Blocker::Kind::no, "istiod " + istiod.ns + "/" + istiod.pod, "is still there"});
        }
      }
      return answer;
    }));
  }
  return {};
}

base::Status restartWorkloads(World& world, base::Clock& clock, Progress& progress, base::Millis timeout) {
  const auto all = [](const trust::Proxy&) { return true; };
  std::set<trust::Workload> asked;
  while (true) {
    TRY_ASSIGN(const auto mesh, world.observe(false));
    tellWhere(progress, mesh);
    auto restarts = plan::findRestarts(mesh, asked, all);
    if (restarts.due.empty()) {
      if (restarts.impossible.empty()) {
        if (asked.empty()) progress.note("no proxy needs a restart");
        return {};
      }
      plan::Decision decision;
      decision.answers.push_back(
          {"every proxy can be given the setting by a restart", 0, 0, restarts.impossible});
      return base::fail(gateError(decision, "not all could be restarted"));
    }
    restarts.due = plan::firstBatch(mesh, std::move(restarts.due));
    asked.insert(restarts.due.begin(), restarts.due.end());
    TRY(take(
        world, clock, progress,
        {plan::Stage::multiRoot, "restart " + plan::nameAll(restarts.due),
         "their new pods run with the settings of the mesh config", plan::RestartWorkloads{restarts.due}}));
    TRY(await(world, clock, progress, timeout,
              [&](const trust::Observation& now) { return plan::findRestarts(now, asked, all).done; }));
  }
}

}  // namespace rotate
