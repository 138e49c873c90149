#include "doctor/diagnose.h"

namespace doctor {

std::vector<Finding> diagnose(const Facts& facts) {
  std::vector<Finding> findings;
  for (const auto& hazard : hazards()) {
    auto seen = hazard.find(facts);
    if (!seen.empty()) findings.push_back({&hazard, std::move(seen)});
  }
  return findings;
}

std::vector<std::size_t> count(const std::vector<Finding>& findings) {
  std::vector<std::size_t> counts(3, 0);
  for (const auto& finding : findings) ++counts[std::size_t(finding.hazard->severity)];
  return counts;
}

std::vector<base::Kind> kindsOf(const std::vector<Finding>& findings) {
  std::vector<base::Kind> kinds;
  for (const auto& finding : findings) {
    const auto kind = finding.hazard->kind;
    const bool counts = finding.hazard->severity == Severity::error || kind == base::Kind::unproven ||
                        kind == base::Kind::forbidden;
    if (counts) kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace doctor
