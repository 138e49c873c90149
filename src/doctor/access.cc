#include <algorithm>

#include "base/text.h"
#include "doctor/facts.h"
#include "doctor/hazards.h"
#include "trust/subjects.h"

namespace doctor {

namespace {

/// Everything in the observation that could not be read, with why.
std::vector<std::pair<std::string, trust::Unreadable>> unreadable(const trust::Observation& mesh) {
  std::vector<std::pair<std::string, trust::Unreadable>> all = mesh.unlisted;
  const auto add = [&](const std::string& subject, const auto& reading) {
    if (!reading) all.emplace_back(subject, reading.error());
  };
  add("secret " + mesh.installation.ns + "/cacerts", mesh.cacerts);
  add("secret " + mesh.installation.ns + "/istio-ca-secret", mesh.selfSigned);
  add("backups of CAs", mesh.backups);
  for (const auto& istiod : mesh.istiods) add(trust::subjectOf(istiod), istiod.serving);
  for (const auto& entry : mesh.distribution) {
    if (entry.roots || entry.roots.error().reason == "missing") continue;  // missing has a row of its own
    add(trust::subjectOf(entry), entry.roots);
  }
  for (const auto& proxy : mesh.proxies) {
    if (proxy.running) add(trust::subjectOf(proxy), proxy.secrets);
  }
  if (mesh.surroundings) {
    add("how workloads roll out", mesh.surroundings->rollouts);
    add("autoscalers", mesh.surroundings->autoscalers);
    add("disruption budgets", mesh.surroundings->budgets);
  }
  return all;
}

Sightings notRead(const Facts& facts, bool forbidden) {
  Sightings seen;
  for (const auto& [subject, why] : unreadable(facts.mesh)) {
    if (why.forbidden == forbidden) seen.push_back({subject, why.reason});
  }
  return seen;
}

Sightings failed(const Facts& facts) {
  return notRead(facts, false);
}

Sightings forbidden(const Facts& facts) {
  return notRead(facts, true);
}

Sightings deniedAndNeeded(const Facts& facts) {
  Sightings seen;
  for (const auto& entry : facts.denied) {
    if (entry.needed)
      seen.push_back({entry.what, "to " + entry.purpose + ", for " + base::join(entry.commands, ", ")});
  }
  return seen;
}

/// One line for each command, for many lack the same.
Sightings deniedElsewhere(const Facts& facts) {
  std::vector<std::pair<std::string, std::size_t>> counts;
  for (const auto& entry : facts.denied) {
    if (entry.needed) continue;
    for (const auto& command : entry.commands) {
      auto at =
          std::find_if(counts.begin(), counts.end(), [&](const auto& each) { return each.first == command; });
      if (at == counts.end()) at = counts.insert(at, {command, 0});
      ++at->second;
    }
  }
  Sightings seen;
  for (const auto& [command, count] : counts)
    seen.push_back({command, "lacks " + base::plural(count, "permission", "permissions")});
  return seen;
}

}  // namespace

std::vector<Hazard> accessHazards() {
  using enum Severity;
  return {
      {"ICA0901", "permissions that are missing", error,
       "The command would be refused by the API server, some of it perhaps in the middle.",
       "Have them granted: manifests/rbac.yaml has a role for each use.", deniedAndNeeded,
       base::Kind::forbidden},
      {"ICA0902", "commands that are not permitted to you", info, "They need more than what you may do.",
       "doctor --for COMMAND names them. Have them granted if you are to run it.", deniedElsewhere},
      {"ICA0903", "what may not be read", warning,
       "Every gate that depends on it counts as unproven, and blocks.",
       "Have it granted: manifests/rbac.yaml.", forbidden, base::Kind::forbidden},
      {"ICA0904", "what could not be read", warning,
       "Every gate that depends on it counts as unproven, and blocks.",
       "Look again; if it lasts, see the pod and the way to it.", failed, base::Kind::unproven},
  };
}

}  // namespace doctor
