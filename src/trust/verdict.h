#pragma once

#include <string>
#include <vector>

#include "trust/blocker.h"
#include "trust/observation.h"
#include "trust/waivers.h"

namespace trust {

/// Proxies whose certificates are refused by other proxies, all for the same reason.
struct Break {
  std::vector<std::string> presenters;  // "shop/server-7f9c"
  std::vector<std::string> verifiers;   // who refuses them
  Certificates trusted;                 // what the verifiers trust
  std::string reason;
};

/// What would happen between all ordered pairs of proxies if each made a new handshake now.
struct Verdict {
  enum class Kind { safe, willBreak, unproven };
  Kind kind = Kind::safe;
  std::size_t proxies = 0;  // that run
  std::size_t pairs = 0;    // ordered pairs of those that were read
  std::size_t broken = 0;   // of those
  std::vector<Break> breaks;
  Blockers unproven;
  Blockers waived;  // unproven, and accepted by name
};

/// Verifies each distinct chain with each distinct root set once, however many proxies hold them. A mesh that
/// will break is reported so even if something could not be read.
Verdict verdict(const Observation& observation, const Waivers& waivers = {});

/// "safe", "will break", "unproven".
std::string_view name(Verdict::Kind kind);

}  // namespace trust
