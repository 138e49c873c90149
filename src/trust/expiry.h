#pragma once

#include <string>
#include <vector>

#include "trust/observation.h"

namespace trust {

/// What a certificate is in the mesh.
enum class Role {
  root,     // trusted by someone, or in a CA secret's bundle
  ca,       // a signer, or between one and its root
  serving,  // of an istiod; renewed by itself
  leaf,     // of a proxy; renewed by itself
};
/// "root", "CA", "serving certificate", "leaf".
std::string_view name(Role role);

/// A certificate that is in use, and who has it, by name.
struct InUse {
  pki::Certificate certificate;
  Role role;
  std::vector<std::string> where;  // "secret istio-system/cacerts", "shop/server-7f9c"
};

/// Every distinct certificate of an observation: roots, then CAs, serving certificates and leaves, each part
/// by the end of its validity.
std::vector<InUse> certificatesInUse(const Observation& observation);

/// Those that need someone: roots and CAs that end before `before` is over; and leaves and serving
/// certificates that do and of whose life less than a quarter is left: agents renew at half of it (istio:
/// pkg/security/security.go, SECRET_GRACE_PERIOD_RATIO 0.5), so those have not been.
std::vector<InUse> expiring(const Observation& observation, base::Seconds before);

}  // namespace trust
