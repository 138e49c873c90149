#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pki/certificate.h"
#include "pki/issue.h"
#include "pki/key.h"
#include "rehearsal/ca_bundle.h"

namespace rehearsal {

/// A workload's certificate as an agent gets it for a CSR: of what signed it, the chain and the bundle at
/// that time. Key and signature are made when the first one looks, in whatever thread: what nobody ever sees
/// costs nothing (a signature of a 4096-bit key takes 5 ms, and a mesh has thousands of proxies).
class Leaf {
 public:
  static constexpr base::Seconds life{24 * 3600};  // istio: DEFAULT_WORKLOAD_CERT_TTL

  Leaf(SharedCa signer, std::string spiffeId, base::Time issued)
      : signer_(std::move(signer)), spiffeId_(std::move(spiffeId)), issued_(issued) {}

  [[nodiscard]] const CaBundle& signer() const { return *signer_; }
  /// What is presented in a handshake, leaf first; and its key.
  [[nodiscard]] const std::vector<pki::Certificate>& chain() const { return made().chain; }
  [[nodiscard]] const pki::PrivateKey& key() const { return made().key; }
  /// `certificate_chain` as the agent hands it to Envoy: the leaf, the chain and the whole root bundle
  /// (istio: security/pkg/server/ca/server.go:112-155; security/pkg/nodeagent/cache/secretcache.go:824).
  [[nodiscard]] std::string pem() const;

 private:
  struct Made {
    pki::PrivateKey key;
    std::vector<pki::Certificate> chain;
    std::string pem;  // of the chain
  };
  const Made& made() const;

  SharedCa signer_;
  std::string spiffeId_;
  base::Time issued_;
  mutable std::once_flag once_{};
  mutable std::optional<Made> made_{};
};
using SharedLeaf = std::shared_ptr<const Leaf>;

/// From two minutes before (istio: security/pkg/pki/util/generate_cert.go:285,350), for so long.
pki::Validity issuedAt(base::Time now, base::Seconds life);

}  // namespace rehearsal
