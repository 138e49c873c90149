#include "doctor/facts.h"

#include <algorithm>

#include "trust/ca_secret.h"

namespace doctor {

Facts::Facts(const trust::Observation& observation, std::vector<Denied> refused)
    : mesh(observation), denied(std::move(refused)), judge_(observation) {
  for (const auto* secret : secrets()) {
    const auto roots = trust::rootsOf(*secret);
    if (!roots) continue;
    for (const auto& root : *roots) {
      const bool known =
          std::any_of(roots_.begin(), roots_.end(), [&](const auto& entry) { return entry.first == root; });
      if (!known) roots_.emplace_back(root, nameOf(*secret));
    }
  }
  for (const auto& proxy : mesh.proxies) {
    if (proxy.secrets && !proxy.secrets->chain.empty()) read_.push_back(&proxy);
  }
}

const trust::CaSecret* Facts::cacerts() const {
  return mesh.cacerts && *mesh.cacerts ? &**mesh.cacerts : nullptr;
}

const trust::CaSecret* Facts::selfSigned() const {
  return mesh.selfSigned && *mesh.selfSigned ? &**mesh.selfSigned : nullptr;
}

std::vector<const trust::CaSecret*> Facts::secrets() const {
  std::vector<const trust::CaSecret*> all;
  if (cacerts()) all.push_back(cacerts());
  if (selfSigned()) all.push_back(selfSigned());
  if (mesh.backups) {
    for (const auto& backup : *mesh.backups) all.push_back(&backup);
  }
  return all;
}

trust::Certificates Facts::rootSet() const {
  trust::Certificates set;
  for (const auto& [root, secret] : roots_) set.push_back(root);
  return set;
}

bool Facts::needsRestart(const trust::Proxy& proxy) const {
  return !proxy.xdsAgent && !proxy.terminating && !proxy.managedGateway;
}

std::string nameOf(const trust::CaSecret& secret) {
  return "secret " + secret.ns + "/" + secret.name;
}

std::string nameOf(const trust::Workload& workload) {
  return workload.kind + " " + workload.ns + "/" + workload.name;
}

}  // namespace doctor
