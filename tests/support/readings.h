#pragma once

#include <functional>
#include <string>
#include <vector>

#include "trust/observation.h"

namespace support {

/// One reading of an observation: what a message about it has to name, and how to take it out.
struct OneReading {
  std::string name;
  std::function<void(trust::Observation&)> hide;
};

/// Every single reading that an observation holds now, each once.
inline std::vector<OneReading> readingsOf(const trust::Observation& observation) {
  const trust::Unreadable lost{"connection refused"};
  std::vector<OneReading> all;
  for (std::size_t i = 0; i < observation.proxies.size(); ++i) {
    const auto& proxy = observation.proxies[i];
    all.push_back(
        {proxy.ns + "/" + proxy.pod, [=](auto& seen) { seen.proxies[i].secrets = tl::unexpected(lost); }});
  }
  for (std::size_t i = 0; i < observation.istiods.size(); ++i) {
    all.push_back(
        {observation.istiods[i].pod, [=](auto& seen) { seen.istiods[i].serving = tl::unexpected(lost); }});
  }
  for (std::size_t i = 0; i < observation.distribution.size(); ++i) {
    all.push_back({observation.distribution[i].name,
                   [=](auto& seen) { seen.distribution[i].roots = tl::unexpected(lost); }});
  }
  all.push_back({"cacerts", [=](auto& seen) { seen.cacerts = tl::unexpected(lost); }});
  all.push_back({"istio-ca-secret", [=](auto& seen) { seen.selfSigned = tl::unexpected(lost); }});
  all.push_back({"backups", [=](auto& seen) { seen.backups = tl::unexpected(lost); }});
  for (const auto* kind : {"namespaces", "mutating webhooks", "WorkloadEntry objects"})
    all.push_back({kind, [=](auto& seen) { seen.unlisted.push_back({kind, lost}); }});
  return all;
}

}  // namespace support
