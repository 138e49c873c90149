#pragma once

#include <optional>
#include <string>

#include "plan/plan.h"
#include "trust/judge.h"

namespace plan {

/// One walk through the stages for one observation: each function passes (nullopt) or says what to do.
/// Internal to the room; plan.h is its face.
class Planner {
 public:
  /// `assume`: take for granted that what was written has arrived (stepsLeft).
  Planner(const trust::Observation& observation, const Goal& goal, const Rules& rules, Target target,
          bool assume);
  base::Result<Decision> decide();

 private:
  using Verdict = std::optional<Decision>;

  // Stages, in order.
  Verdict multiRoot();
  Verdict enableSetting();
  Verdict restartForSetting();
  base::Result<Verdict> bothRoots();
  base::Result<Decision> addRoot();
  Verdict bothRootsArrived();
  base::Result<Verdict> newSigner();
  base::Result<Verdict> newLeaves();
  base::Result<Verdict> oldRootRemoved();
  base::Result<Verdict> oldRootLeaves();
  Verdict startedSince(Stage towards);
  Verdict plugIn(Stage towards);
  [[nodiscard]] bool loadIsShown() const;

  // Building blocks.
  Verdict backUp(Stage towards);
  Verdict restartIstiods(Stage towards);
  Verdict restartStragglers(const trust::Answer& answer, Stage towards);
  [[nodiscard]] std::string bundleBefore() const;
  base::Result<std::string> withRootAppended() const;
  base::Result<std::string> triggerBundle() const;
  [[nodiscard]] std::string inAnotherOrder() const;
  /// The bundle with the trigger's copies of the new root at its end gone; nullopt: there are none.
  [[nodiscard]] std::optional<std::string> withoutCopies() const;
  base::Result<Step> trigger(Stage towards, int count, std::string_view what) const;
  base::Result<Verdict> retrigger(Stage towards, const trust::Answer& missing, std::string_view what);
  [[nodiscard]] trust::Certificates bothSets() const;
  [[nodiscard]] bool ended(Stage stage);

  /// Records an answer; true if it holds (or counts as holding).
  bool ask(trust::Answer answer);
  Decision decide(Decision::Kind kind, Stage towards);
  Decision reached();
  Decision act(Stage towards, std::string title, std::string effect, Action action);
  Decision wait(Stage towards, std::optional<Step> retry = std::nullopt);
  Decision waitToLoad(Stage towards);
  static Decision byObjects(Decision decision);
  static Decision trustStays(Decision decision);
  Decision gateShut(Stage towards);
  Decision blocked(Stage towards);
  Decision blocked(Stage towards, std::string predicate, trust::Blocker blocker);
  UpdateCaSecret update() const;
  /// The CA that comes and the one that goes, in words.
  [[nodiscard]] std::string_view coming() const { return goal_.back ? "former" : "new"; }
  [[nodiscard]] std::string_view leaving() const { return goal_.back ? "later" : "old"; }

  const trust::Observation& mesh_;
  const Goal& goal_;
  const Rules& rules_;
  const Target target_;
  const bool assume_;
  trust::Judge judge_;
  Stage stage_ = Stage::selfSigned;
  std::vector<trust::Answer> answers_;

  const trust::CaSecret* secret_ = nullptr;  // cacerts, if there is one
  trust::Certificates bundle_;               // its roots
  std::optional<pki::Certificate> signer_;   // its signing certificate, or istio-ca-secret's
  bool hasNew_ = false, hasOld_ = false, signerIsNew_ = false;
};

}  // namespace plan
