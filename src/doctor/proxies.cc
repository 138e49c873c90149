#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "doctor/facts.h"
#include "doctor/hazards.h"
#include "trust/subjects.h"

namespace doctor {

namespace {

using trust::Proxy;
using trust::Workload;

bool restartable(const Workload& workload) {
  return workload.kind == "Deployment" || workload.kind == "StatefulSet" || workload.kind == "DaemonSet";
}

/// Proxies that `concerned` picks, by the workload that they belong to.
template <class Concerned>
Sightings byWorkload(const Facts& facts, std::string_view what, Concerned concerned) {
  std::map<Workload, std::size_t> counts;
  for (const auto& proxy : facts.mesh.proxies) {
    if (concerned(proxy)) ++counts[proxy.workload];
  }
  Sightings seen;
  for (const auto& [workload, count] : counts) {
    seen.push_back({nameOf(workload), base::plural(count, "proxy ", "proxies ") + std::string(what)});
  }
  return seen;
}

Sightings withoutAgent(const Facts& facts) {
  return byWorkload(facts, "without PROXY_CONFIG_XDS_AGENT", [&](const Proxy& proxy) {
    return facts.needsRestart(proxy) && restartable(proxy.workload);
  });
}

Sightings notRestartable(const Facts& facts) {
  return byWorkload(facts, "without PROXY_CONFIG_XDS_AGENT", [&](const Proxy& proxy) {
    return facts.needsRestart(proxy) && !restartable(proxy.workload);
  });
}

Sightings turnedOff(const Facts& facts) {
  const auto& configs = facts.mesh.installation.meshConfigs;
  const bool on = !configs.empty() && std::all_of(configs.begin(), configs.end(),
                                                  [](const auto& config) { return config.xdsAgent; });
  if (!on) return {};
  return byWorkload(facts, "with an annotation that switches PROXY_CONFIG_XDS_AGENT off",
                    [](const Proxy& proxy) { return !proxy.xdsAgentWanted && !proxy.terminating; });
}

Sightings gateways(const Facts& facts) {
  return byWorkload(facts, "of a gateway", [&](const Proxy& proxy) {
    return proxy.type == trust::ProxyType::gateway && facts.needsRestart(proxy) &&
           restartable(proxy.workload);
  });
}

/// Workloads that a rotation would restart.
std::set<Workload> toRestart(const Facts& facts) {
  std::set<Workload> due;
  for (const auto& proxy : facts.mesh.proxies) {
    if (facts.needsRestart(proxy) && restartable(proxy.workload)) due.insert(proxy.workload);
  }
  return due;
}

const std::vector<trust::Rollout>& rollouts(const Facts& facts) {
  static const std::vector<trust::Rollout> none;
  return facts.mesh.surroundings && facts.mesh.surroundings->rollouts ? *facts.mesh.surroundings->rollouts
                                                                      : none;
}

Sightings goneMeanwhile(const Facts& facts) {
  std::map<Workload, std::size_t> pods;
  for (const auto& proxy : facts.mesh.proxies) ++pods[proxy.workload];
  std::map<Workload, std::string> seen;
  for (const auto& workload : toRestart(facts)) {
    if (workload.kind == "StatefulSet" && pods[workload] == 1)
      seen[workload] = "has one pod, and a StatefulSet ends it before it makes another";
  }
  for (const auto& rollout : rollouts(facts)) {
    if (!toRestart(facts).contains(rollout.workload)) continue;
    if (rollout.strategy == "Recreate")
      seen[rollout.workload] = "ends all of its pods first (strategy Recreate)";
    if (rollout.workload.kind == "Deployment" && rollout.strategy == "RollingUpdate" && !rollout.surge &&
        rollout.replicas == 1)
      seen[rollout.workload] = "has one pod and no surge: it ends it before it makes another";
  }
  Sightings list;
  for (const auto& [workload, what] : seen) list.push_back({nameOf(workload), what});
  return list;
}

Sightings neverRolled(const Facts& facts) {
  Sightings seen;
  for (const auto& rollout : rollouts(facts)) {
    if (!toRestart(facts).contains(rollout.workload)) continue;
    if (rollout.paused) seen.push_back({nameOf(rollout.workload), "is paused"});
    if (rollout.strategy == "OnDelete")
      seen.push_back({nameOf(rollout.workload), "replaces a pod only when it is deleted (OnDelete)"});
  }
  return seen;
}

Sightings shutBudgets(const Facts& facts) {
  Sightings seen;
  if (!facts.mesh.surroundings || !facts.mesh.surroundings->budgets) return seen;
  for (const auto& budget : *facts.mesh.surroundings->budgets)
    seen.push_back({"PodDisruptionBudget " + budget.ns + "/" + budget.name, "lets no pod go now"});
  return seen;
}

Sightings proxiesNotReady(const Facts& facts) {
  return byWorkload(facts, "not ready",
                    [](const Proxy& proxy) { return !proxy.ready && !proxy.terminating; });
}

Sightings warming(const Facts& facts) {
  Sightings seen;
  for (const auto* proxy : facts.read()) {
    if (proxy->secrets->warming)
      seen.push_back({trust::subjectOf(*proxy), "is about to take another secret"});
  }
  return seen;
}

Sightings opaque(const Facts& facts) {
  Sightings seen;
  for (const auto& entry : facts.mesh.opaque) seen.push_back({trust::subjectOf(entry), entry.reason});
  return seen;
}

}  // namespace

std::vector<Hazard> proxyHazards() {
  using enum Severity;
  return {
      {"ICA0501", "proxies that have to be restarted once", info,
       "Their agent was started without PROXY_CONFIG_XDS_AGENT, a variable of the container: it would take "
       "new roots "
       "only with its next certificate, up to half a day later.",
       "rotate --restart-workloads restarts them in batches, behind the gate of the first stage.",
       withoutAgent},
      {"ICA0502", "proxies that nothing can restart", warning,
       "Pods of Jobs and bare pods are not made anew by a restart, so they cannot be given the setting.",
       "Wait until they have ended, delete them, or wait twelve hours for their next certificate in each "
       "stage.",
       notRestartable},
      {"ICA0503", "proxies that are told not to follow", warning,
       "Their annotation proxy.istio.io/config switches the setting off again: a restart does not help.",
       "Take PROXY_CONFIG_XDS_AGENT out of the annotation.", turnedOff},
      {"ICA0504", "gateways that have to be restarted", info,
       "Connections through them end when their pods are replaced. Those that the gateway controller manages "
       "roll by "
       "themselves and are not listed.",
       "Give them two replicas and a grace period that your clients can live with.", gateways},
      {"ICA0505", "workloads that are gone while they restart", warning,
       "A restart ends their only pod before the new one is ready: requests fail meanwhile, whatever the "
       "certificates "
       "are.",
       "Scale them to two, or restart them at a time of your choice before rotate.", goneMeanwhile},
      {"ICA0506", "workloads that a restart does not reach", warning,
       "A rollout restart changes the template, and no pod follows.",
       "Resume the Deployment; delete the pods of an OnDelete workload yourself.", neverRolled},
      {"ICA0507", "disruption budgets that are shut", info,
       "They stop evictions and drains, not a rollout restart: nothing here depends on them.",
       "Nothing for the rotation.", shutBudgets},
      {"ICA0508", "proxies that are not ready", info,
       "A restart waits for its new pods to become ready. One that never does holds the first stage up.",
       "See: kubectl describe pod.", proxiesNotReady},
      {"ICA0509", "proxies whose secrets are about to change", warning,
       "What they hold now says nothing about the next second: they count as unproven.",
       "Look again. If it lasts, the agent cannot deliver: see its log.", warming, base::Kind::unproven},
      {"ICA0510", "participants that cannot be read", warning,
       "Virtual machines, proxyless pods and pods with certificates of SPIRE or from files present and "
       "verify "
       "certificates that this program does not see: no gate can speak for them.",
       "Take them out of the mesh for the rotation, or answer for each by name: --accept-unproven "
       "KIND/NAMESPACE/NAME.",
       opaque, base::Kind::unproven},
  };
}

}  // namespace doctor
