#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace doctor {

class Facts;

enum class Severity {
  info,     // worth knowing
  warning,  // may stop or disturb a rotation
  error,    // rotate refuses
};
/// "info", "warning", "error".
std::string_view name(Severity severity);

/// One thing that a hazard was seen on.
struct Sighting {
  std::string subject;  // "secret istio-system/cacerts", "shop/server-7f9c"; may be empty
  std::string what;     // "is managed by Argo CD (argocd.argoproj.io/tracking-id)"
  bool operator==(const Sighting&) const = default;
};
using Sightings = std::vector<Sighting>;

/// One row of the table of all hazards: what it is, and how it is recognised in what was read.
struct Hazard {
  std::string_view code;   // "ICA0103": the first two digits are the group's
  std::string_view title;  // "ambient mode"
  Severity severity = Severity::info;
  std::string_view why;     // why it matters
  std::string_view remedy;  // what to do
  std::function<Sightings(const Facts&)> find;
  /// The exit code that it asks for: of an error always; unproven and forbidden of any severity.
  base::Kind kind = base::Kind::gate;
};

/// A hazard that was found.
struct Finding {
  const Hazard* hazard;
  Sightings seen;  // at least one
};

}  // namespace doctor
