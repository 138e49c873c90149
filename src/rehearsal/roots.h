#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pki/certificate.h"
#include "pki/mutual_handshake.h"

namespace rehearsal {

/// Bytes that many hold, once.
using Text = std::shared_ptr<const std::string>;

/// A root bundle and what Istio and Envoy read in it.
struct Roots {
  std::string pem;
  std::vector<pki::Certificate> certificates;
  pki::TrustStore store;
};
using SharedRoots = std::shared_ptr<const Roots>;

/// The root bundles of a mesh, each parsed once: thousands of proxies hold the same few.
class RootsTable {
 public:
  SharedRoots of(const std::string& pem);
  /// What an agent serves as ROOTCA: the sorted union of both bundles, equal certificates once (istio:
  /// security/pkg/nodeagent/cache/secretcache.go:1136-1158, mergeConfigTrustBundle).
  SharedRoots merged(const Text& pushed, const Text& answered);

 private:
  std::unordered_map<std::string, SharedRoots> byPem_{}, byParts_{};
};

}  // namespace rehearsal
