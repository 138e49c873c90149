#include "doctor/hazards.h"

namespace doctor {

std::string_view name(Severity severity) {
  constexpr std::string_view names[] = {"info", "warning", "error"};
  return names[std::size_t(severity)];
}

const std::vector<Group>& groups() {
  static const std::vector<Group> table{
      {"01", "Not handled"},
      {"02", "Istiod and its installation"},
      {"03", "CA secrets"},
      {"04", "Certificates"},
      {"05", "Proxies and workloads"},
      {"06", "Trust distribution"},
      {"07", "Others who change it"},
      {"08", "Versions"},
      {"09", "Access"},
  };
  return table;
}

const Group& groupOf(const Hazard& hazard) {
  for (const auto& group : groups()) {
    if (hazard.code.substr(3, 2) == group.digits) return group;
  }
  return groups().front();
}

const std::vector<Hazard>& hazards() {
  static const std::vector<Hazard> table = [] {
    std::vector<Hazard> all;
    for (auto part : {unsupportedHazards, istiodHazards, secretHazards, certificateHazards, proxyHazards,
                      distributionHazards, ownerHazards, versionHazards, accessHazards}) {
      for (auto& hazard : part()) all.push_back(std::move(hazard));
    }
    return all;
  }();
  return table;
}

}  // namespace doctor
