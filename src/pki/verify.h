#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pki/certificate.h"

namespace pki {

/// What the certificate must be good for. Envoy checks workload certificates for both TLS purposes.
enum class Purpose { any, tlsServer, tlsClient, tlsServerAndClient };

/// Verifies `leaf` with X509_verify_cert against `roots` alone as trust anchors (no partial chains: a root
/// must be self-signed; no system store), `untrusted` for building the path, at time `at`, security level 0
/// (as Envoy's BoringSSL has none). Returns nullopt if it verifies, else OpenSSL's reason, with the depth and
/// subject it is about.
///
/// Cost: one signature check for each certificate of the path but the root (0.1 to 0.4 ms in all) the first
/// time; the verdict is remembered for as long as no certificate involved begins or ends to be valid, so
/// judging a fleet again costs next to nothing. The caller has the distinct leaves and distinct sets of roots
/// to ask for, not the pairs.
std::optional<std::string> whyNotTrusted(const Certificate& leaf, const std::vector<Certificate>& untrusted,
                                         const std::vector<Certificate>& roots, base::Time at,
                                         Purpose purpose);

/// The same with partial chains allowed: any certificate of `anchors`, an intermediate too, ends the path.
std::optional<std::string> whyNotIssuedBy(const Certificate& leaf, const std::vector<Certificate>& untrusted,
                                          const Certificate& anchor, base::Time at);

}  // namespace pki
