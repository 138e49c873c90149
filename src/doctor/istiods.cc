#include <set>

#include "base/text.h"
#include "doctor/facts.h"
#include "doctor/hazards.h"
#include "pki/verify.h"
#include "trust/subjects.h"

namespace doctor {

namespace {

using trust::Istiod;
using trust::IstiodDeployment;

std::string deploymentName(const IstiodDeployment& deployment) {
  return "deployment " + deployment.ns + "/" + deployment.name;
}

Sightings withoutSetting(const Facts& facts) {
  Sightings seen;
  for (const auto& deployment : facts.mesh.istiodDeployments) {
    if (!deployment.multiRoot)
      seen.push_back({deploymentName(deployment), "ISTIO_MULTIROOT_MESH is not true"});
  }
  return seen;
}

Sightings behindItsDeployment(const Facts& facts) {
  Sightings seen;
  for (const auto& istiod : facts.mesh.istiods) {
    for (const auto& deployment : facts.mesh.istiodDeployments) {
      if (deployment.name != istiod.deployment || istiod.terminating) continue;
      if (deployment.multiRoot != istiod.multiRoot)
        seen.push_back({trust::subjectOf(istiod),
                        istiod.multiRoot ? "has ISTIO_MULTIROOT_MESH and its Deployment has not"
                                         : "lacks ISTIO_MULTIROOT_MESH and its Deployment has it"});
    }
  }
  return seen;
}

Sightings rollingOut(const Facts& facts) {
  Sightings seen;
  for (const auto& deployment : facts.mesh.istiodDeployments) {
    const bool settled =
        deployment.observedGeneration >= deployment.generation && deployment.updated == deployment.replicas &&
        deployment.total == deployment.replicas && deployment.available == deployment.replicas;
    if (!settled) {
      seen.push_back({deploymentName(deployment), std::to_string(deployment.replicas) + " wanted, " +
                                                      std::to_string(deployment.updated) + " updated, " +
                                                      std::to_string(deployment.available) + " available, " +
                                                      std::to_string(deployment.total) + " in all"});
    }
  }
  for (const auto& istiod : facts.mesh.istiods) {
    if (istiod.terminating) seen.push_back({trust::subjectOf(istiod), "is terminating"});
  }
  return seen;
}

Sightings noneRuns(const Facts& facts) {
  for (const auto& istiod : facts.mesh.istiods) {
    if (istiod.ready && !istiod.terminating) return {};
  }
  return {{"namespace " + facts.mesh.installation.ns, "no istiod is ready"}};
}

Sightings single(const Facts& facts) {
  Sightings seen;
  for (const auto& deployment : facts.mesh.istiodDeployments) {
    if (deployment.replicas == 1) seen.push_back({deploymentName(deployment), "has one replica"});
  }
  return seen;
}

Sightings autoscaled(const Facts& facts) {
  Sightings seen;
  if (!facts.mesh.surroundings || !facts.mesh.surroundings->autoscalers) return seen;
  for (const auto& scaler : *facts.mesh.surroundings->autoscalers) {
    if (scaler.most == scaler.least) continue;
    seen.push_back({nameOf(scaler.target), "is scaled between " + std::to_string(scaler.least) + " and " +
                                               std::to_string(scaler.most) + " by " + scaler.ns + "/" +
                                               scaler.name});
  }
  return seen;
}

Sightings restarted(const Facts& facts) {
  constexpr std::int64_t often = 3;
  Sightings seen;
  for (const auto& istiod : facts.mesh.istiods) {
    if (istiod.restarts >= often) {
      seen.push_back({trust::subjectOf(istiod),
                      "its container was started again " + std::to_string(istiod.restarts) + " times"});
    }
  }
  return seen;
}

Sightings istiodsNotReady(const Facts& facts) {
  const auto& installation = facts.mesh.installation;
  if (installation.kind != trust::InstallationKind::sail) return {};
  const std::string name = "Istio " + installation.istioName;
  Sightings seen;
  if (!installation.istioReady) seen.push_back({name, "is not Ready"});
  if (installation.istioObserved < installation.istioGeneration)
    seen.push_back({name, "its last change has not been taken up by the operator"});
  return seen;
}

/// The operator has seen what the resource says, and the mesh is otherwise.
Sightings reverted(const Facts& facts) {
  const auto& installation = facts.mesh.installation;
  if (installation.kind != trust::InstallationKind::sail || !installation.istioReady ||
      installation.istioObserved < installation.istioGeneration)
    return {};
  const auto compare = [&](bool wanted, bool there, const std::string& subject, const std::string& setting) {
    return Sighting{subject, wanted && !there
                                 ? "lacks " + setting + ", which Istio " + installation.istioName + " sets"
                                 : "has " + setting + ", which Istio " + installation.istioName +
                                       " does not set: the operator will take it away"};
  };
  Sightings seen;
  for (const auto& deployment : facts.mesh.istiodDeployments) {
    if (deployment.multiRoot != installation.istioMultiRoot)
      seen.push_back(compare(installation.istioMultiRoot, deployment.multiRoot, deploymentName(deployment),
                             "ISTIO_MULTIROOT_MESH"));
  }
  for (const auto& config : installation.meshConfigs) {
    if (config.xdsAgent != installation.istioXdsAgent)
      seen.push_back(compare(installation.istioXdsAgent, config.xdsAgent,
                             "config map " + config.ns + "/" + config.name, "PROXY_CONFIG_XDS_AGENT"));
  }
  return seen;
}

/// The roots that it signs for, of those known, by what it serves.
trust::Certificates signsFor(const Istiod& istiod, const trust::Certificates& candidates, base::Time at) {
  const trust::Certificates rest(istiod.serving->begin() + 1, istiod.serving->end());
  trust::Certificates anchors;
  for (const auto& candidate : candidates) {
    if (!pki::whyNotTrusted(istiod.serving->front(), rest, {candidate}, at, pki::Purpose::tlsServer))
      anchors.push_back(candidate);
  }
  return anchors;
}

Sightings differentSigners(const Facts& facts) {
  const auto candidates = facts.rootSet();
  std::set<std::string> distinct;
  Sightings seen;
  for (const auto& istiod : facts.mesh.istiods) {
    if (!istiod.serving || istiod.serving->empty() || istiod.terminating) continue;
    const auto names = trust::shortNames(signsFor(istiod, candidates, facts.mesh.takenAt));
    distinct.insert(names);
    seen.push_back({trust::subjectOf(istiod),
                    "signs for " + (names.empty() ? "a root that no CA secret holds" : names)});
  }
  return distinct.size() > 1 ? seen : Sightings();
}

}  // namespace

std::vector<Hazard> istiodHazards() {
  using enum Severity;
  return {
      {"ICA0201", "istiod without multi-root", info,
       "Without ISTIO_MULTIROOT_MESH istiod drops every edit of cacerts that changes the roots.",
       "enable-multi-root (or rotate) sets it.", withoutSetting},
      {"ICA0202", "a replica is behind its Deployment", warning,
       "A replica from before answers some of the proxies, with settings that the others no longer have.",
       "Wait for the rollout to end; if it does not, see: kubectl rollout status.", behindItsDeployment},
      {"ICA0203", "a rollout of istiod is not complete", warning,
       "Replicas of two kinds answer at once. No gate passes until one kind is left.",
       "Wait for it; if it hangs, see: kubectl describe.", rollingOut},
      {"ICA0204", "no istiod runs", warning,
       "Nothing is signed, distributed or reloaded: no stage could ever be proven.",
       "Bring istiod up again before anything is changed.", noneRuns},
      {"ICA0205", "istiod has a single replica", info,
       "While it restarts nobody gets a new certificate or starts. What runs goes on.",
       "Two replicas make the restarts of a rotation invisible.", single},
      {"ICA0206", "istiod is scaled automatically", info,
       "A replica may be born at any moment. It starts from the CA secret as it is then, which every stage "
       "allows for.",
       "Nothing. Keep the CA secret complete at all times.", autoscaled},
      {"ICA0207", "istiod was restarted often", warning,
       "An istiod that crashes takes whatever is in the CA secret when it comes back, at a time of its own.",
       "Find out why first: kubectl logs --previous.", restarted},
      {"ICA0208", "the Istio resource is not settled", warning,
       "The operator is about to change istiod or its configuration.", "Wait until it is Ready, or mend it.",
       istiodsNotReady},
      {"ICA0209", "a setting and the Istio resource differ", warning,
       "What was set by hand below an operator is taken away again, in the middle of a rotation.",
       "Set it in the Istio resource: enable-multi-root does.", reverted},
      {"ICA0210", "replicas of istiod sign with different CAs", warning,
       "A certificate may be of either CA, whichever replica is asked. Between the two halves of the switch "
       "this "
       "is what is waited for; at any other time an istiod did not load the CA secret.",
       "Run rotate again to go on, or restart istiod.", differentSigners},
  };
}

}  // namespace doctor
