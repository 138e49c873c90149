#include "plan/plan.h"

#include "base/text.h"
#include "plan/planner.h"
#include "trust/judge.h"

namespace plan {

namespace {

base::Error refusal(const std::vector<trust::Unsupported>& found) {
  std::vector<std::string> reasons;
  for (const auto& entry : found) reasons.push_back(entry.message);
  return {base::Kind::unsupported, "this mesh has something that a rotation does not handle",
          base::join(reasons, "; "), found.front().hint};
}

// What an action changes in an observation, so that the steps after it can be named (stepsLeft). The evidence
// that it would bring is taken for granted there and not made up here.

constexpr const char* later = "(after the step before)";

struct Assume {
  trust::Observation& mesh;

  void operator()(const EnableInIstio&) const {
    mesh.installation.istioMultiRoot = mesh.installation.istioXdsAgent = true;
    proxiesWant();
  }
  void operator()(const EnableInIstiod& action) const {
    for (auto& deployment : mesh.istiodDeployments) {
      if (deployment.ns == action.ns && deployment.name == action.deployment) deployment.multiRoot = true;
    }
  }
  void operator()(const EnableInMeshConfig& action) const {
    for (auto& config : mesh.installation.meshConfigs) {
      if (config.name == action.config.name) config.xdsAgent = true;
    }
    proxiesWant();
  }
  void operator()(const RestartWorkloads& action) const {
    for (auto& proxy : mesh.proxies) {
      for (const auto& workload : action.workloads) {
        if (proxy.workload == workload) proxy.xdsAgent = true;
      }
    }
  }
  void operator()(const BackUpCa& action) const {
    const auto& holder = action.secret == "cacerts" ? *mesh.cacerts : *mesh.selfSigned;
    mesh.backups->push_back(*holder);
    mesh.backups->back().rootCert = action.bundle;
  }
  void operator()(const CreateCaSecret& action) const {
    auto secret = **mesh.selfSigned;
    secret.name = "cacerts";
    secret.certChain = action.certChain;
    written(secret, action.bundle);
    *mesh.cacerts = std::move(secret);
  }
  void operator()(const UpdateCaSecret& action) const {
    auto& secret = **mesh.cacerts;
    if (action.signer) {
      secret.caCert = action.signer->caCert;
      secret.certChain = action.signer->certChain;
      secret.keyFingerprint = action.signer->signer.keyFingerprint();
    }
    secret.annotations[std::string(trust::servedBeforeAnnotation)] = action.servedBefore;
    if (action.removed) secret.annotations[std::string(removedAnnotation)] = *action.removed;
    secret.annotations.erase(std::string(trust::triggersAnnotation));
    if (action.triggers > 0) {
      secret.annotations[std::string(trust::triggersAnnotation)] = std::to_string(action.triggers);
    }
    written(secret, action.bundle.value_or(secret.rootCert));
  }
  void operator()(const RestartIstiod& action) const {
    for (auto& deployment : mesh.istiodDeployments) {
      if (deployment.name == action.deployment) deployment.startedFor = action.startedFor;
    }
    for (auto& istiod : mesh.istiods) {
      if (istiod.deployment == action.deployment) istiod.startedFor = action.startedFor;
    }
  }

 private:
  void proxiesWant() const {
    for (auto& proxy : mesh.proxies) proxy.xdsAgentWanted = true;
  }
  static void written(trust::CaSecret& secret, std::string bundle) {
    secret.rootCert = std::move(bundle);
    secret.content = base::sha256Hex(secret.caCert + secret.certChain + secret.rootCert);
    secret.resourceVersion = later;
    secret.lastWritten.reset();
  }
};

Decision nothingToUndo() {
  Decision decision;
  decision.stage = decision.towards = Stage::selfSigned;
  decision.back = true;
  return decision;
}

base::Result<Decision> decide(const trust::Observation& observation, const Goal& goal, const Rules& rules,
                              bool assume) {
  if (!observation.unsupported.empty()) return base::fail(refusal(observation.unsupported));
  if (goal.back) {
    TRY_ASSIGN(auto target, findWayBack(observation, goal.backTo));
    if (!target) return nothingToUndo();
    return Planner(observation, goal, rules, std::move(*target), assume).decide();
  }
  TRY_ASSIGN(auto target, findTarget(observation, goal.newRoot));
  target.newCa = goal.newCa;
  return Planner(observation, goal, rules, std::move(target), assume).decide();
}

}  // namespace

const trust::Answer* Decision::missing() const {
  for (const auto& answer : answers) {
    if (!answer.yes()) return &answer;
  }
  return nullptr;
}

std::set<std::string> Decision::blockedSubjects() const {
  std::set<std::string> subjects;
  for (const auto& answer : answers) {
    for (const auto& blocker : answer.blockers) subjects.insert(blocker.subject);
  }
  return subjects;
}

trust::Blockers Decision::blockers() const {
  trust::Blockers all;
  for (const auto& answer : answers) all.insert(all.end(), answer.blockers.begin(), answer.blockers.end());
  return all;
}

base::Result<Decision> next(const trust::Observation& observation, const Goal& goal, const Rules& rules) {
  return decide(observation, goal, rules, false);
}

base::Result<std::vector<Step>> stepsLeft(const trust::Observation& observation, const Goal& goal,
                                          const Rules& rules) {
  constexpr std::size_t more = 64;  // than any plan has: a guard against walking in a circle
  std::vector<Step> steps;
  auto assumed = observation;
  while (steps.size() < more) {
    TRY_ASSIGN(auto decision, decide(assumed, goal, rules, true));
    if (decision.kind != Decision::Kind::act) return steps;
    std::visit(Assume{assumed}, decision.step->action);
    steps.push_back(std::move(*decision.step));
  }
  return base::fail({base::Kind::failed, "the plan does not come to an end"});
}

}  // namespace plan
