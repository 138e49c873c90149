#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "plan/action.h"
#include "plan/rules.h"
#include "plan/stage.h"
#include "plan/target.h"
#include "trust/blocker.h"
#include "trust/observation.h"
#include "trust/waivers.h"

namespace plan {

/// What is wanted, and what is known beside the observation.
struct Goal {
  Stage until = Stage::done;
  /// The way back: to the CA of the backup that `backTo` names (its secret; empty: the last one that was
  /// made). The same stages with the roles exchanged: the old CA is the new one.
  bool back = false;
  std::string backTo{};
  trust::Waivers waivers{};                 // what the user answers for, by name
  std::optional<pki::Certificate> newRoot;  // as named by the user
  std::optional<NewCa> newCa;               // --ca DIR
  bool restartWorkloads = false;            // a stage may restart workloads that need it
  /// Workloads that this run has asked to restart already, and why it need not ask again.
  std::set<trust::Workload> restarted{};
  /// The trust that is mounted in the pods is part of the proof (the observation read it).
  bool mounts = false;
  /// Trust distribution has been complete for longer than a kubelet takes to refresh a mounted volume.
  bool mountBoundReached = false;
};

struct Step {
  Stage towards = Stage::done;
  std::string title;   // "add the new root to secret cacerts, the old CA still signing"
  std::string effect;  // what changes for whom, one sentence
  Action action;
  /// Whom anyone trusts, and who signs for whom, is the same afterwards: a backup, a workload's restart, an
  /// istiod's that has loaded already what it will start with, the same roots and signer in fewer bytes.
  bool trustStays = false;
};

/// What to do about a mesh as observed.
struct Decision {
  enum class Kind {
    done,     // the goal's stage is reached
    act,      // the gate holds on this observation: take the step
    wait,     // what was written has not arrived everywhere yet
    blocked,  // waiting will not help: something has to be done first
  };
  Kind kind = Kind::done;
  Stage stage = Stage::selfSigned;    // the last one whose predicate holds
  Stage towards = Stage::selfSigned;  // the one that this decision works towards
  bool mounts = false;                // wait: for what is mounted in the pods, which has to be read for it
  bool gate = false;                  // wait: for the gate of the next write, not for the arrival of the last
  bool byObjects = false;      // it rests on the cluster's objects alone: no proxy, no istiod was asked
  std::optional<Step> step;    // act; wait: what to do if it lasts, where that can help
  base::Seconds patience{10};  // wait: how long it has to last for that
  std::vector<trust::Answer> answers;  // what was asked for this decision, in order
  Target target;
  bool back = false;  // the goal was the way back: the stages are those of its own roles

  /// The name of a stage in the direction of this decision.
  [[nodiscard]] std::string_view nameOf(Stage which) const {
    return back ? nameOnTheWayBack(which) : name(which);
  }
  /// The first answer that is no; nullptr if all hold.
  [[nodiscard]] const trust::Answer* missing() const;
  /// Blockers of all answers.
  [[nodiscard]] trust::Blockers blockers() const;
  /// Whom these name: "shop/server-7f9c", "istiod istio-system/istiod-5d74".
  [[nodiscard]] std::set<std::string> blockedSubjects() const;
};

/// The one rule book: where the mesh stands, and the next step towards the goal, if its gate holds on this
/// very observation. Errors: unsupported (exit 5 before any write), and those of findTarget.
base::Result<Decision> next(const trust::Observation& observation, const Goal& goal, const Rules& rules = {});

/// All steps left towards the goal, taking for granted that each change arrives. The last ones are as exact
/// as that allows: a resource version that only a write will give reads "(after the step before)".
base::Result<std::vector<Step>> stepsLeft(const trust::Observation& observation, const Goal& goal,
                                          const Rules& rules = {});

}  // namespace plan
