#include "plan/planner.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "pki/bundle.h"
#include "pki/pem.h"
#include "plan/restarts.h"
#include "trust/ca_secret.h"
#include "trust/subjects.h"

namespace plan {

using trust::anchorsOf;
using trust::Answer;
using trust::Blocker;
using trust::chainOf;
using trust::rootsOf;

Planner::Planner(const trust::Observation& observation, const Goal& goal, const Rules& rules, Target target,
                 bool assume)
    : mesh_(observation),
      goal_(goal),
      rules_(rules),
      target_(std::move(target)),
      assume_(assume),
      judge_(observation, goal.waivers) {
  if (observation.cacerts && *observation.cacerts) secret_ = &**observation.cacerts;
}

base::Result<Decision> Planner::decide() {
  const trust::CaSecret& holder = secret_ ? *secret_ : **mesh_.selfSigned;
  TRY_ASSIGN(const auto chain, chainOf(holder));
  signer_ = chain.front();
  if (secret_) {
    TRY_ASSIGN(bundle_, rootsOf(*secret_));
  }
  hasNew_ = target_.newRoot && trust::contains(bundle_, *target_.newRoot);
  hasOld_ = std::any_of(target_.oldRoots.begin(), target_.oldRoots.end(),
                        [&](const auto& root) { return trust::contains(bundle_, root); });
  if (secret_ && hasNew_) {
    TRY_ASSIGN(const auto anchors, anchorsOf(*secret_, {*target_.newRoot}, mesh_.takenAt));
    signerIsNew_ = !anchors.empty();
  }

  if (auto verdict = multiRoot()) return *verdict;
  if (ended(Stage::multiRoot)) return reached();
  for (const auto& [stage, work] :
       {std::pair{Stage::bothRoots, &Planner::bothRoots}, std::pair{Stage::newSigner, &Planner::newSigner},
        std::pair{Stage::newLeaves, &Planner::newLeaves},
        std::pair{Stage::oldRootRemoved, &Planner::oldRootRemoved}}) {
    TRY_ASSIGN(auto verdict, (this->*work)());
    if (verdict) return *verdict;
    if (ended(stage)) return reached();
  }
  // They have loaded all that they will start with (oldRootRemoved): for them nothing changes.
  if (auto verdict = startedSince(Stage::done)) return trustStays(*std::move(verdict));
  TRY_ASSIGN(auto verdict, oldRootLeaves());  // once more, with the istiods that were started at the end
  if (verdict) return *verdict;
  stage_ = Stage::done;
  return reached();
}

bool Planner::ended(Stage stage) {
  stage_ = stage;
  return goal_.until <= stage;
}

bool Planner::ask(Answer answer) {
  if (assume_ || !rules_.gates) answer.blockers.clear();
  answers_.push_back(std::move(answer));
  return answers_.back().yes();
}

Decision Planner::decide(Decision::Kind kind, Stage towards) {
  Decision decision;
  decision.kind = kind;
  decision.stage = stage_;
  decision.towards = towards;
  decision.answers = std::move(answers_);
  decision.target = target_;
  decision.back = goal_.back;
  return decision;
}

Decision Planner::reached() {
  return decide(Decision::Kind::done, stage_);
}

Decision Planner::act(Stage towards, std::string title, std::string effect, Action action) {
  auto decision = decide(Decision::Kind::act, towards);
  decision.step = Step{towards, std::move(title), std::move(effect), std::move(action)};
  return decision;
}

Decision Planner::wait(Stage towards, std::optional<Step> retry) {
  auto decision = decide(Decision::Kind::wait, towards);
  decision.step = std::move(retry);
  return decision;
}

Decision Planner::byObjects(Decision decision) {
  decision.byObjects = true;
  return decision;
}

Decision Planner::trustStays(Decision decision) {
  if (decision.step) decision.step->trustStays = true;
  return decision;
}

/// For the istiods to have loaded the secret, which was asked last. One that cannot show it (it started
/// between our look and our write) or has nothing to reload (the write went back to bytes that it still had)
/// shows it by a start, so that is what helps: at once where nothing else can, else when a kubelet has had
/// its time.
Decision Planner::waitToLoad(Stage towards) {
  constexpr base::Seconds kubelet{150};
  const auto& blockers = answers_.back().blockers;
  const bool unknown = std::any_of(blockers.begin(), blockers.end(),
                                   [](const Blocker& each) { return each.kind == Blocker::Kind::unproven; });
  auto decision = wait(towards);
  if (auto restart = restartIstiods(towards)) decision.step = std::move(restart->step);
  if (!unknown) decision.patience = kubelet;
  return decision;
}

Decision Planner::gateShut(Stage towards) {
  auto decision = wait(towards);
  decision.gate = true;
  return decision;
}

Decision Planner::blocked(Stage towards) {
  return decide(Decision::Kind::blocked, towards);
}

Decision Planner::blocked(Stage towards, std::string predicate, Blocker blocker) {
  answers_.push_back({std::move(predicate), 0, 1, {std::move(blocker)}});
  return blocked(towards);
}

trust::Certificates Planner::bothSets() const {
  auto both = target_.oldRoots;
  if (target_.newRoot) both.push_back(*target_.newRoot);
  return both;
}

UpdateCaSecret Planner::update() const {
  return {secret_->resourceVersion, {}, {}, trust::servedNow(mesh_), 0};
}

std::optional<Decision> Planner::restartIstiods(Stage towards) {
  for (const auto& deployment : mesh_.istiodDeployments) {
    if (secret_ && deployment.startedFor == trust::startMark(*secret_)) continue;
    const bool stale =
        std::any_of(mesh_.istiods.begin(), mesh_.istiods.end(), [&](const trust::Istiod& istiod) {
          return istiod.deployment == deployment.name && !istiod.terminating;
        });
    if (!stale) continue;
    return act(towards, "restart istiod " + deployment.ns + "/" + deployment.name,
               "new istiod pods start from the CA secret as it is now",
               RestartIstiod{deployment.ns, deployment.name, secret_ ? trust::startMark(*secret_) : ""});
  }
  return std::nullopt;
}

Planner::Verdict Planner::startedSince(Stage towards) {
  // Asked for real in every mode: whether a restart is due is what the secret and the pods say.
  if (!judge_.everyIstiodStartedAfter(*secret_).yes()) {
    if (auto verdict = restartIstiods(towards)) return verdict;
  }
  const bool started = ask(judge_.everyIstiodStartedAfter(*secret_));
  const bool rolledOut = ask(judge_.everyIstiodRolledOut());
  if (started && rolledOut) return std::nullopt;
  return wait(towards);
}

/// Restarts the workloads of proxies that an answer names and that run without the setting, a batch at a
/// time. If that is not allowed, or cannot be asked of their owner, waiting will not help.
Planner::Verdict Planner::restartStragglers(const Answer& answer, Stage towards) {
  if (!rules_.gates) return std::nullopt;
  std::set<std::string_view> subjects;
  for (const auto& blocker : answer.blockers) subjects.insert(blocker.subject);
  auto restarts = findRestarts(mesh_, goal_.restarted, [&](const trust::Proxy& proxy) {
    return subjects.contains(trust::subjectOf(proxy));
  });
  const bool helpless = !restarts.impossible.empty() || (!restarts.due.empty() && !goal_.restartWorkloads);
  if (helpless && !assume_) return blocked(towards);
  if (restarts.due.empty() || !goal_.restartWorkloads) return std::nullopt;
  if (!restarts.done.yes() && !assume_) {
    ask(std::move(restarts.done));
    return wait(towards);
  }
  auto batch = firstBatch(mesh_, std::move(restarts.due));
  const auto title = "restart " + nameAll(batch);
  return trustStays(
      act(towards, title,
          "their new pods run with PROXY_CONFIG_XDS_AGENT and learn roots without another restart",
          RestartWorkloads{std::move(batch)}));
}

Planner::Verdict Planner::backUp(Stage towards) {
  // On the way back it is a backup that is gone back to; what is left then is its owner's to keep.
  if (goal_.back || !rules_.keepOldCa) return std::nullopt;
  const auto& backups = *mesh_.backups;
  const auto& holder = secret_ ? *secret_ : **mesh_.selfSigned;
  // The old CA's key is where the signer is still old; after that only istio-ca-secret may still have it.
  const trust::CaSecret* source = signerIsNew_ ? nullptr : &holder;
  auto signer = signer_;
  if (!source && mesh_.selfSigned && *mesh_.selfSigned) {
    const auto roots = rootsOf(**mesh_.selfSigned);
    if (roots && std::any_of(roots->begin(), roots->end(),
                             [&](const auto& root) { return trust::contains(target_.oldRoots, root); })) {
      source = &**mesh_.selfSigned;
      const auto chain = chainOf(*source);
      if (chain) signer = chain->front();
    }
  }
  if (!source || source->keyFingerprint.empty()) return std::nullopt;
  const bool kept = std::any_of(backups.begin(), backups.end(), [&](const trust::CaSecret& backup) {
    const auto chain = chainOf(backup);
    return chain && chain->front() == *signer && !backup.keyFingerprint.empty();
  });
  if (kept) return std::nullopt;
  return trustStays(act(
      towards, "back up the old CA of secret " + source->name,
      "nothing changes for anyone: an immutable copy is kept in " + source->ns,
      BackUpCa{source->name, signer->fingerprint(), source == secret_ ? bundleBefore() : source->rootCert}));
}

std::string Planner::bundleBefore() const {
  if (!hasNew_) return secret_->rootCert;
  std::string bundle;
  for (const auto& root : bundle_) {
    if (root != *target_.newRoot) bundle += root.pem();
  }
  return bundle;
}

base::Result<std::string> Planner::withRootAppended() const {
  const auto current = secret_ ? secret_->rootCert : (**mesh_.selfSigned).rootCert;
  if (!rules_.appendOnly) return target_.newRoot->pem() + current;
  return pki::appendRoot(current, *target_.newRoot);
}

base::Result<std::string> Planner::triggerBundle() const {
  // The same set in other bytes: an agent re-issues when the bytes of the bundle change
  // (secretcache.go:1120), and an istiod up to 1.29 reloads only if one contains the other. So the new root
  // once more at the end; never back to bytes that an agent may have heard last, which would be no change for
  // it.
  if (!rules_.appendOnly) return inAnotherOrder();
  return pki::appendRoot(secret_->rootCert, *target_.newRoot);
}

/// What the rule appendOnly forbids: the new root in front, or at the end if it is in front already.
std::string Planner::inAnotherOrder() const {
  std::string others;
  for (const auto& root : bundle_) {
    if (root != *target_.newRoot) others += root.pem();
  }
  const auto own = target_.newRoot->pem();
  return bundle_.front() == *target_.newRoot ? others + own : own + others;
}

std::optional<std::string> Planner::withoutCopies() const {
  const auto root = target_.newRoot->pem();
  std::string_view bundle = secret_->rootCert;
  while (bundle.ends_with(root + root)) bundle.remove_suffix(root.size());
  if (bundle.size() == secret_->rootCert.size()) return std::nullopt;
  return std::string(bundle);
}

namespace {

int triggersOf(const trust::CaSecret& secret) {
  const auto annotation = secret.annotations.find(std::string(trust::triggersAnnotation));
  int count = 0;
  if (annotation != secret.annotations.end()) {
    std::from_chars(annotation->second.data(), annotation->second.data() + annotation->second.size(), count);
  }
  return count;
}

constexpr int mostTriggers = 4;

}  // namespace

base::Result<Planner::Verdict> Planner::retrigger(Stage towards, const Answer& missing,
                                                  std::string_view what) {
  const int triggers = triggersOf(*secret_);
  if (auto verdict = restartStragglers(missing, towards)) return verdict;
  if (towards == Stage::oldRootRemoved && !rules_.triggerRemoval) return wait(towards);
  // Before that the proxies may just not have been told yet.
  const bool loaded = judge_.everyIstiodLoaded(*secret_).yes();
  if (!loaded || triggers >= mostTriggers) return wait(towards);
  TRY_ASSIGN(auto step, trigger(towards, triggers + 1, what));
  return wait(towards, std::move(step));
}

base::Result<Step> Planner::trigger(Stage towards, int count, std::string_view what) const {
  TRY_ASSIGN(auto bundle, triggerBundle());
  auto action = update();
  action.bundle = std::move(bundle);
  action.triggers = count;
  return Step{towards, std::string(what) + (count > 1 ? ", again for stragglers" : ""),
              "the same roots in other bytes: every agent asks for a new certificate", std::move(action)};
}

}  // namespace plan
