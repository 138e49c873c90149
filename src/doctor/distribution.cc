#include <map>
#include <set>

#include "doctor/facts.h"
#include "doctor/hazards.h"
#include "trust/subjects.h"

namespace doctor {

namespace {

using trust::Distribution;

bool isConfigMap(const Distribution& entry) {
  return entry.kind == Distribution::Kind::configMap;
}

Sightings missing(const Facts& facts) {
  Sightings seen;
  for (const auto& entry : facts.mesh.distribution) {
    if (isConfigMap(entry) && !entry.roots && entry.roots.error().reason == "missing")
      seen.push_back({"namespace " + entry.name, "has no config map istio-ca-root-cert"});
  }
  return seen;
}

/// Those that hold another set of roots than most of their kind.
Sightings unlikeOthers(const Facts& facts, bool configMaps) {
  std::map<std::string, std::vector<const Distribution*>> sets;
  for (const auto& entry : facts.mesh.distribution) {
    if (entry.roots && isConfigMap(entry) == configMaps)
      sets[trust::keyOfSet(*entry.roots)].push_back(&entry);
  }
  const std::vector<const Distribution*>* most = nullptr;
  for (const auto& [key, entries] : sets) {
    if (!most || entries.size() > most->size()) most = &entries;
  }
  Sightings seen;
  for (const auto& [key, entries] : sets) {
    if (&entries == most) continue;
    for (const auto* entry : entries) {
      seen.push_back({trust::subjectOf(*entry), "holds " + trust::shortNames(*entry->roots) +
                                                    ", the others " +
                                                    trust::shortNames(*most->front()->roots)});
    }
  }
  return seen;
}

Sightings differentMaps(const Facts& facts) {
  return unlikeOthers(facts, true);
}

Sightings differentWebhooks(const Facts& facts) {
  return unlikeOthers(facts, false);
}

Sightings notAccepted(const Facts& facts) {
  Sightings seen;
  if (facts.mesh.istiods.empty()) return seen;  // said elsewhere
  for (const auto& blocker : facts.judge().everyServingCertificateIsAccepted().blockers) {
    if (blocker.kind == trust::Blocker::Kind::no) seen.push_back({blocker.subject, blocker.what});
  }
  return seen;
}

Sightings justWritten(const Facts& facts) {
  constexpr base::Seconds lag{120};
  Sightings seen;
  for (const auto& entry : facts.mesh.distribution) {
    if (!entry.lastWritten || facts.mesh.takenAt - *entry.lastWritten > lag) continue;
    seen.push_back({trust::subjectOf(entry), "was written at " + base::formatTime(*entry.lastWritten)});
  }
  return seen;
}

}  // namespace

std::vector<Hazard> distributionHazards() {
  using enum Severity;
  return {
      {"ICA0601", "namespaces without istio-ca-root-cert", warning,
       "A pod that is injected there cannot start, and nothing would bring it the new root: the namespace is "
       "outside "
       "of discoverySelectors, or of no revision that runs.",
       "Bring the namespace into discoverySelectors, or take the injection label from it.", missing},
      {"ICA0602", "namespaces with different roots", warning,
       "One of istiod's replicas hands out something else, or two control planes write the same config maps. "
       "Agents "
       "there verify istiod by other roots than the rest.",
       "While a change is on its way, wait; else find out who writes it: kubectl get cm "
       "--show-managed-fields.",
       differentMaps},
      {"ICA0603", "webhooks with different roots", warning,
       "Each replica writes them: during a rollout they change to and fro.",
       "Wait for the rollout to end; restart istiod if it stays so.", differentWebhooks},
      {"ICA0604", "istiod is not accepted by what is handed out", warning,
       "Agents verify istiod by the mounted istio-ca-root-cert, the API server by the caBundle. Whom they "
       "refuse gives "
       "no configuration and no certificate, and new pods do not start.",
       "In the middle of a rotation run rotate again; else restore the CA that the config maps hold.",
       notAccepted},
      {"ICA0605", "roots that were written just now", info,
       "A kubelet brings a changed config map into its pods up to two minutes later: what is written is not "
       "mounted "
       "yet.",
       "Nothing: the gates wait for what is mounted.", justWritten},
  };
}

}  // namespace doctor
