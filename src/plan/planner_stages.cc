#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "pki/bundle.h"
#include "pki/pem.h"
#include "plan/planner.h"
#include "plan/restarts.h"

namespace plan {

using trust::Answer;
using trust::Blocker;

Planner::Verdict Planner::enableSetting() {
  const auto& installation = mesh_.installation;
  if (installation.kind == trust::InstallationKind::sail) {
    if (installation.istioMultiRoot && installation.istioXdsAgent) return std::nullopt;
    return act(
        Stage::multiRoot, "turn multi-root on in the Istio resource " + installation.istioName,
        "the operator gives istiod ISTIO_MULTIROOT_MESH and new pods PROXY_CONFIG_XDS_AGENT; istiod restarts",
        EnableInIstio{installation.istioName});
  }
  for (const auto& deployment : mesh_.istiodDeployments) {
    if (deployment.multiRoot) continue;
    return act(Stage::multiRoot, "turn multi-root on in deployment " + deployment.ns + "/" + deployment.name,
               "istiod restarts with ISTIO_MULTIROOT_MESH=true",
               EnableInIstiod{deployment.ns, deployment.name, deployment.container});
  }
  for (const auto& config : installation.meshConfigs) {
    if (config.xdsAgent) continue;
    return act(
        Stage::multiRoot, "turn multi-root on for proxies in config map " + config.ns + "/" + config.name,
        "pods that are created from now on run with PROXY_CONFIG_XDS_AGENT=true", EnableInMeshConfig{config});
  }
  return std::nullopt;
}

Planner::Verdict Planner::multiRoot() {
  // Once the new root is in the mesh, what counts is who trusts what; istiods need the setting to the end.
  if (!hasNew_) {
    if (auto verdict = enableSetting()) {
      // What cannot be read now would stop the rotation later: say so before the first write.
      bool sound = ask(judge_.everyProxyTrusts(target_.oldRoots));
      sound = ask(judge_.everyPairWorks()) && sound;
      sound = ask(judge_.everyIstiodSignsWith(*signer_)) && sound;
      sound = ask(judge_.everyDistributionHolds(target_.oldRoots)) && sound;
      if (!sound) return gateShut(Stage::multiRoot);
      verdict->answers = std::move(answers_);
      return verdict;
    }
    const auto& installation = mesh_.installation;
    if (installation.kind == trust::InstallationKind::sail) {
      Answer applied{"the operator has applied the Istio resource " + installation.istioName, 0, 1, {}};
      const bool configured = std::all_of(installation.meshConfigs.begin(), installation.meshConfigs.end(),
                                          [](const auto& config) { return config.xdsAgent; });
      if (installation.istioObserved >= installation.istioGeneration && installation.istioReady &&
          configured) {
        applied.holds = 1;
      } else {
        applied.blockers.push_back({Blocker::Kind::no, "Istio " + installation.istioName,
                                    configured ? "its status is not ready for its last generation"
                                               : "the mesh config does not have the setting yet"});
      }
      if (!ask(std::move(applied))) return byObjects(wait(Stage::multiRoot));
    }
  }
  // A rollout that a later stage asked for is that stage's business.
  const Stage towards = !hasNew_        ? Stage::multiRoot
                        : !signerIsNew_ ? Stage::bothRoots
                        : hasOld_       ? Stage::newLeaves
                                        : Stage::done;
  if (hasNew_) stage_ = Stage::multiRoot;
  const bool set = ask(judge_.everyIstiodHasMultiRoot());
  const bool rolledOut = ask(judge_.everyIstiodRolledOut());
  if (!set || !rolledOut) {
    const bool templates = std::all_of(mesh_.istiodDeployments.begin(), mesh_.istiodDeployments.end(),
                                       [](const auto& deployment) { return deployment.multiRoot; });
    return byObjects(templates ? wait(towards) : blocked(towards));
  }
  if (hasNew_) return std::nullopt;
  return restartForSetting();
}

Planner::Verdict Planner::restartForSetting() {
  const auto answer = judge_.everyProxyHasXdsAgent();
  const bool set = ask(answer);
  if (set && (!assume_ || answer.yes() || !goal_.restartWorkloads)) {
    // New pods take over before the next step: a rollout in the middle is not a state to write into.
    auto restarted = findRestarts(mesh_, goal_.restarted, [](const auto&) { return false; }).done;
    if (restarted.yes() || ask(std::move(restarted))) return std::nullopt;
    return byObjects(wait(Stage::multiRoot));
  }
  if (auto verdict = restartStragglers(answer, Stage::multiRoot)) return byObjects(*std::move(verdict));
  return byObjects(wait(Stage::multiRoot));
}

base::Result<Planner::Verdict> Planner::bothRoots() {
  if (!target_.newRoot) {
    return blocked(
        Stage::bothRoots, "the new root is known",
        {Blocker::Kind::no, "new CA", "none is chosen yet: make one with create-ca and name it with --ca"});
  }
  if (signerIsNew_)
    return std::nullopt;  // past this stage; its predicate is asked again before each later write
  if (!hasNew_) {
    TRY_ASSIGN(auto decision, addRoot());
    return decision;
  }
  if (auto verdict = startedSince(Stage::bothRoots)) return byObjects(*std::move(verdict));
  return bothRootsArrived();
}

base::Result<Decision> Planner::addRoot() {
  bool holds = ask(judge_.everyIstiodSignsWith(*signer_));
  holds = ask(judge_.everyProxyTrusts(target_.oldRoots)) && holds;
  holds = ask(judge_.everyDistributionHolds(target_.oldRoots)) && holds;
  holds = ask(judge_.everyPairWorks()) && holds;
  if (!holds) return gateShut(Stage::bothRoots);
  if (auto verdict = backUp(Stage::bothRoots)) return *verdict;
  TRY_ASSIGN(auto bundle, withRootAppended());
  const auto effect =
      fmt::format("istiods hand out both roots once they have restarted; the {} CA keeps signing", leaving());
  if (!secret_) {
    const auto& source = **mesh_.selfSigned;
    return act(Stage::bothRoots, "create secret cacerts: the old CA with the old and the new root", effect,
               CreateCaSecret{source.caCert, source.caCert, std::move(bundle)});
  }
  auto action = update();
  action.bundle = std::move(bundle);
  action.removed = "";
  return act(Stage::bothRoots, fmt::format("add the {} root to secret cacerts", coming()), effect,
             std::move(action));
}

Planner::Verdict Planner::bothRootsArrived() {
  bool holds = ask(judge_.everyIstiodSignsWith(*signer_));
  holds = ask(judge_.everyIstiodLoaded(*secret_)) && holds;
  const bool trusted = ask(judge_.everyProxyTrusts(bothSets()));
  if (!trusted) {
    const auto answer = answers_.back();
    if (auto verdict = restartStragglers(answer, Stage::bothRoots)) return verdict;
  }
  holds = ask(judge_.everyDistributionHolds(bothSets())) && holds && trusted;
  holds = ask(judge_.everyPairWorks()) && holds;
  if (!holds) return wait(Stage::bothRoots);
  if (!goal_.mounts || ask(judge_.everyMountHolds(bothSets(), goal_.mountBoundReached))) return std::nullopt;
  auto decision = wait(Stage::bothRoots);
  decision.mounts = true;
  return decision;
}

base::Result<Planner::Verdict> Planner::newSigner() {
  // Another signing certificate below the root that signs already: nothing but the signer changes.
  const bool sameRoot = signerIsNew_ && target_.newCa && target_.newCa->signer != *signer_;
  if (sameRoot) {
    bool safe = ask(judge_.everyProxyTrusts({*target_.newRoot}));
    safe = ask(judge_.everyDistributionHolds({*target_.newRoot})) && safe;
    safe = ask(judge_.everyPairWorks()) && safe;
    if (!safe) return gateShut(Stage::newSigner);
  }
  if (!signerIsNew_ || sameRoot) {
    if (!target_.newCa) {
      return blocked(Stage::newSigner, "the new CA's key is at hand",
                     {Blocker::Kind::no, "new CA",
                      "its key and certificate are needed now: --ca DIR, the one whose root is " +
                          trust::shortName(*target_.newRoot)});
    }
    if (!sameRoot) {  // a mesh that someone else brought to both roots may have no backup yet
      if (auto verdict = backUp(Stage::newSigner)) return *verdict;
    }
    auto action = update();
    action.signer = target_.newCa;
    if (!rules_.splitSwitch && !sameRoot) {
      TRY_ASSIGN(action.bundle, triggerBundle());
      action.triggers = 1;
    }
    return act(Stage::newSigner,
               fmt::format("put the {} signer into secret cacerts, its roots unchanged", coming()),
               fmt::format("each istiod signs with the {} CA as soon as its kubelet has refreshed the volume",
                           coming()),
               std::move(action));
  }
  if (auto verdict = plugIn(Stage::newSigner)) return verdict;
  if (!ask(judge_.everyIstiodSignsWith(*signer_))) return wait(Stage::newSigner);
  return std::nullopt;
}

/// What an istiod has loaded can be told: it issued something to us, or the secret says what each served
/// before the last write.
bool Planner::loadIsShown() const {
  const bool issued = std::all_of(mesh_.istiods.begin(), mesh_.istiods.end(),
                                  [](const trust::Istiod& istiod) { return istiod.issued.has_value(); });
  return issued || secret_->annotations.contains(std::string(trust::servedBeforeAnnotation));
}

/// An istiod that signs with a self-signed CA does not watch the secret (istio_ca.go:541-563): it has to
/// start with it once.
Planner::Verdict Planner::plugIn(Stage towards) {
  const auto plugged = judge_.everyIstiodIsPluggedIn();
  if (plugged.yes()) return std::nullopt;
  bool safe = ask(judge_.everyProxyTrusts({*target_.newRoot}));
  safe = ask(judge_.everyDistributionHolds({*target_.newRoot})) && safe;
  if (!safe) return gateShut(towards);
  if (auto verdict = restartIstiods(towards)) return verdict;
  if (ask(plugged)) return std::nullopt;
  return wait(towards);
}

base::Result<Planner::Verdict> Planner::newLeaves() {
  const auto leaves = judge_.everyLeafVerifiesWith(*target_.newRoot);
  const bool triggered = secret_->annotations.contains(std::string(trust::triggersAnnotation));
  const bool due = hasOld_ && !leaves.yes() && !(triggered && (assume_ || !rules_.gates));
  if (!due) {
    if (ask(leaves)) return std::nullopt;
    return wait(Stage::newLeaves);
  }
  bool safe = ask(judge_.everyProxyTrusts(bothSets()));
  safe = ask(judge_.everyDistributionHolds(bothSets())) && safe;
  safe = ask(judge_.everyPairWorks()) && safe;
  if (!safe) return gateShut(Stage::newLeaves);
  const auto what = fmt::format(
      "append the {} root once more to secret cacerts, so that every proxy gets a new certificate", coming());
  if (!triggered) {
    TRY_ASSIGN(auto step, trigger(Stage::newLeaves, 1, what));
    return act(Stage::newLeaves, step.title, step.effect, step.action);
  }
  if (loadIsShown()) ask(judge_.everyIstiodLoaded(*secret_));  // before that no proxy hears of it
  ask(leaves);
  return retrigger(Stage::newLeaves, leaves, what);
}

base::Result<Planner::Verdict> Planner::oldRootRemoved() {
  if (hasOld_) {
    // An istiod that skipped a bundle could not reload the next one (byte containment up to 1.29).
    if (loadIsShown() && !ask(judge_.everyIstiodLoaded(*secret_))) return waitToLoad(Stage::oldRootRemoved);
    bool safe = ask(judge_.everyProxyTrusts({*target_.newRoot}));
    safe = ask(judge_.everyDistributionHolds({*target_.newRoot})) && safe;
    safe = ask(judge_.everyPairWorks()) && safe;
    if (!safe) return gateShut(Stage::oldRootRemoved);
    trust::Certificates rest;
    for (const auto& root : bundle_) {
      if (!trust::contains(target_.oldRoots, root)) rest.push_back(root);
    }
    TRY_ASSIGN(const auto path, pki::bundlePath(secret_->rootCert, rest));
    auto action = update();
    action.bundle = path.front();
    std::vector<std::string> prints;
    for (const auto& root : target_.oldRoots) prints.push_back(root.fingerprint());
    action.removed = base::join(prints, ",");
    return act(
        Stage::oldRootRemoved, fmt::format("take the {} root out of secret cacerts", leaving()),
        fmt::format(
            "istiods hand out the {} root alone; every proxy drops the {} one with its next certificate",
            coming(), leaving()),
        std::move(action));
  }
  if (!loadIsShown()) {
    // Written by someone else: only a start after it shows that an istiod has it.
    if (auto verdict = startedSince(Stage::oldRootRemoved)) return verdict;
  } else if (!ask(judge_.everyIstiodLoaded(*secret_))) {
    return waitToLoad(Stage::oldRootRemoved);
  }
  TRY_ASSIGN(auto verdict, oldRootLeaves());
  if (verdict) return verdict;
  if (auto bundle = withoutCopies()) {
    auto action = update();
    action.bundle = std::move(bundle);
    return trustStays(act(Stage::oldRootRemoved,
                          fmt::format("leave the {} root once in secret cacerts", coming()),
                          "the same roots; the trigger's copy goes", std::move(action)));
  }
  return std::nullopt;
}

base::Result<Planner::Verdict> Planner::oldRootLeaves() {
  bool holds = ask(judge_.everyIstiodSignsWith(*signer_));
  holds = ask(judge_.everyLeafVerifiesWith(*target_.newRoot)) && holds;
  holds = ask(judge_.everyProxyTrusts({*target_.newRoot})) && holds;
  if (target_.oldRoots.empty()) return holds ? Verdict() : wait(Stage::oldRootRemoved);
  if (!ask(judge_.noProxyTrusts(target_.oldRoots))) {
    const auto missing = answers_.back();
    if (!holds) return wait(Stage::oldRootRemoved);
    return retrigger(Stage::oldRootRemoved, missing,
                     fmt::format("append the {} root to secret cacerts, so that every proxy drops the {} one",
                                 coming(), leaving()));
  }
  holds = ask(judge_.everyDistributionHolds({*target_.newRoot})) && holds;
  holds = ask(judge_.noDistributionHolds(target_.oldRoots)) && holds;
  holds = ask(judge_.everyPairWorks()) && holds;
  if (!holds) return wait(Stage::oldRootRemoved);
  return std::nullopt;
}

}  // namespace plan
