#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pki/certificate.h"
#include "pki/key.h"

struct x509_store_st;

namespace pki {

/// A set of roots as OpenSSL wants it: made once, shared by all who trust it.
class TrustStore {
 public:
  explicit TrustStore(const std::vector<Certificate>& roots);
  [[nodiscard]] x509_store_st* native() const { return store_.get(); }

 private:
  std::shared_ptr<x509_store_st> store_;
};

/// One end of a mutual TLS connection: what it presents, leaf first, with the leaf's key, and whom it trusts.
struct TlsEnd {
  const std::vector<Certificate>& chain;
  const PrivateKey& key;
  const TrustStore& roots;
};

/// A whole mutual TLS handshake in memory, without I/O, as between two Envoys of a mesh: each end verifies
/// the other's certificate with its roots alone, at time `at`, for TLS servers or clients, and wants a SPIFFE
/// ID of the trust domain in it (istio: pkg/spiffe, envoy's match_typed_subject_alt_names). Nothing is
/// resumed or remembered. nullopt if the connection comes about; else which end refused, with OpenSSL's
/// words: "the client does not trust the server's certificate: unable to get local issuer certificate".
std::optional<std::string> whyNoHandshake(const TlsEnd& client, const TlsEnd& server,
                                          const std::string& trustDomain, base::Time at);

}  // namespace pki
