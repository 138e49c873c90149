#pragma once

#include <optional>
#include <set>
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

/// What of a mesh is read anew, beside the objects in which all else begins. A pod that was not there before
/// is asked like those that are named.
struct Part {
  std::optional<std::set<std::string>> namespaces{};  // pods of these and istiod's alone; nullopt: all
  bool streams = true;                                // istiods are asked what they hold, and proxies
  std::optional<std::set<std::string>> proxies{};     // these alone ("shop/server-7f9c"); nullopt: all
  bool mountsAlone = false;  // they are asked for what is mounted alone, and not what they hold
};

struct ObserveOptions {
  std::string istioNamespace = "istio-system";
  bool withMountedRoots = false;  // an exec in every proxy's container
  /// Each istiod is asked for a certificate (mesh/csr_exchange.h), which costs a TokenRequest and, in each
  /// istiod, a TokenReview and a signature.
  bool directProof = false;
  CaToken* caToken = nullptr;  // borrowed: keeps the token for it from one observation to the next
  base::Millis timeoutPerStream{10'000};
  Part part{};  // needs `before`, unless it is everything
  /// Borrowed: an earlier observation, which tells what is not read anew.
  const trust::Observation* before = nullptr;
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
