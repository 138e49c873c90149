#pragma once

#include <string>
#include <vector>

#include "trust/blocker.h"
#include "trust/observation.h"

// How blockers name things. Internal to the room, but for the names themselves: those who act on a blocker
// find its subject by them.
namespace trust {

/// "shop/server-7f9c".
std::string subjectOf(const Proxy& proxy);
/// "istiod istio-system/istiod-5d4b".
std::string subjectOf(const Istiod& istiod);
/// "config map shop/istio-ca-root-cert", "mutating webhook istio-sidecar-injector".
std::string subjectOf(const Distribution& distribution);
/// "WorkloadEntry shop/vm-1".
std::string subjectOf(const Opaque& opaque);

/// The names by which something unproven can be accepted: the workload first, then the pod.
std::vector<std::string> waiversFor(const Proxy& proxy);
std::vector<std::string> waiversFor(const Istiod& istiod);
std::vector<std::string> waiversFor(const Opaque& opaque);

/// The set of certificates as a key that does not depend on their order.
std::string keyOfSet(const Certificates& certificates);
bool contains(const Certificates& set, const pki::Certificate& certificate);

Blocker no(std::string subject, std::string what);
/// `waivers` as given by waiversFor; empty: it cannot be accepted.
Blocker unproven(std::string subject, const Unreadable& why, const std::vector<std::string>& waivers = {});

}  // namespace trust
