#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "kube/api.h"
#include "mesh/ca_secrets.h"
#include "mesh/ca_token.h"
#include "mesh/proxy_filter.h"
#include "trust/observation.h"

namespace mesh {

/// An observation, and the CA keys that were read in the very same requests.
struct Reading {
  trust::Observation observation;
  CaKeys keys;
};

struct ObserveOptions {
  std::string istioNamespace = "istio-system";
  bool objectsAlone = false;      // nothing of what proxies and istiods hold: not read
  bool withMountedRoots = false;  // an exec in every proxy's container
  /// Each istiod is asked for a certificate (mesh/csr_exchange.h), which costs a TokenRequest and, in each
  /// istiod, a TokenReview and a signature.
  bool directProof = false;
  CaToken* caToken = nullptr;  // borrowed: keeps the token for it from one observation to the next
  base::Millis timeoutPerStream{10'000};
};

/// Reads the whole mesh: three to four round trips and one fan-out over all proxies and istiods. Fails only
/// where the basics cannot be read (the API server, pods, istiod's Deployments, or there is no istiod here);
/// everything else that cannot be read is in the observation as unreadable or unlisted. A pod that went away
/// in between is not in it.
base::Result<Reading> observe(kube::Api& api, base::Clock& clock, const ObserveOptions& options);

/// The proxies alone, for verify: needs no access to secrets. Fails where the pods cannot be listed, and with
/// notFound where something that the filter names has no proxy.
base::Result<trust::Observation> observeProxies(kube::Api& api, base::Clock& clock,
                                                const ObserveOptions& options, const ProxyFilter& filter);

}  // namespace mesh
