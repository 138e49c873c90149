#include "base/text.h"
#include "doctor/facts.h"
#include "doctor/hazards.h"

namespace doctor {

namespace {

bool isFieldManager(const std::string& owner) {
  return owner.starts_with("field manager ");
}

/// Those owners of the CA secret that are field managers, or that are not.
Sightings ofCacerts(const Facts& facts, bool fieldManagers) {
  Sightings seen;
  if (!facts.cacerts()) return seen;
  for (const auto& owner : facts.cacerts()->owners) {
    if (isFieldManager(owner) == fieldManagers)
      seen.push_back(
          {nameOf(*facts.cacerts()), (fieldManagers ? "was written by " : "is managed by ") + owner});
  }
  return seen;
}

Sightings controlled(const Facts& facts) {
  return ofCacerts(facts, false);
}

Sightings writtenByOthers(const Facts& facts) {
  return ofCacerts(facts, true);
}

/// What the setting is written to: the Istio resource, or istiod's Deployment and the mesh config.
Sightings settings(const Facts& facts) {
  const auto& installation = facts.mesh.installation;
  Sightings seen;
  const auto add = [&](const std::string& subject, const std::vector<std::string>& owners) {
    if (!owners.empty()) seen.push_back({subject, "is managed by " + base::join(owners, ", ")});
  };
  if (installation.kind == trust::InstallationKind::sail) {
    add("Istio " + installation.istioName, installation.istioOwners);
    return seen;
  }
  for (const auto& deployment : facts.mesh.istiodDeployments)
    add("deployment " + deployment.ns + "/" + deployment.name, deployment.owners);
  for (const auto& config : installation.meshConfigs) {
    std::vector<std::string> owners;
    for (const auto& owner : config.owners) {
      if (!isFieldManager(owner)) owners.push_back(owner);
    }
    add("config map " + config.ns + "/" + config.name, owners);
  }
  return seen;
}

}  // namespace

std::vector<Hazard> ownerHazards() {
  using enum Severity;
  return {
      {"ICA0701", "cacerts is under someone else's control", error,
       "What a controller or GitOps takes for right it writes again, within minutes: the old signer would be "
       "back in "
       "the middle of a rotation.",
       "Take the secret out of its control for the rotation (suspend the sync, delete the owner with "
       "--cascade=orphan), and give it the new CA afterwards.",
       controlled},
      {"ICA0702", "another program has written cacerts", warning,
       "It may write it again. An edit between two steps is noticed and stops a rotation, but where it stops "
       "is not "
       "of your choice.",
       "Make sure that it does not run during the rotation.", writtenByOthers},
      {"ICA0703", "the settings are under someone else's control", warning,
       "ISTIO_MULTIROOT_MESH or PROXY_CONFIG_XDS_AGENT would be taken away again by the next sync.",
       "Put both settings into its source first, or suspend it for the rotation.", settings},
  };
}

}  // namespace doctor
