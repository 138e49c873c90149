#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "pki/certificate.h"
#include "pki/key.h"

namespace pki {

/// A distinguished name as (short name, value), in order: {{"O","Istio"},{"CN","Root CA"}}.
using Name = std::vector<std::pair<std::string, std::string>>;
/// Parses "O=Istio,CN=Root CA" (backslash escapes a comma) or openssl's "/O=Istio/CN=Root CA". Kind::usage.
base::Result<Name> parseName(std::string_view text);

struct Validity {
  base::Time notBefore, notAfter;
};

/// Serials are random, 159 bits, positive. Signed with SHA-256 (SHA-384 for P-384 keys). X.509 v3.
/// Root: SKI, basicConstraints critical CA:TRUE, keyUsage critical digitalSignature, nonRepudiation,
/// keyEncipherment, keyCertSign (istio tools/certs/common.mk:48-54), and AKI.
base::Result<Certificate> makeRoot(const PrivateKey& key, const Name& subject, Validity validity);
/// Intermediate: as the root with pathlen:0, AKI, subjectAltName DNS:istiod.istio-system.svc
/// (common.mk:12-17,66-77). The validity is cut to the root's.
base::Result<Certificate> makeIntermediate(const PrivateKey& key, const Name& subject,
                                           const std::vector<std::string>& dnsNames, Validity validity,
                                           const Certificate& root, const PrivateKey& rootKey);
/// A PKCS#10 request for an intermediate that a CA elsewhere will sign, PEM, with the extensions asked for.
base::Result<std::string> makeCsr(const PrivateKey& key, const Name& subject,
                                  const std::vector<std::string>& dnsNames);
/// A request that asks for nothing but a certificate for this key: no subject, no extensions. PEM.
base::Result<std::string> makeBareCsr(const PrivateKey& key);
/// A workload certificate as istiod makes it: no subject, critical URI SAN, keyUsage digitalSignature and
/// keyEncipherment, both TLS extended usages, CA:FALSE.
base::Result<Certificate> makeWorkload(const PrivateKey& key, const std::string& spiffeId, Validity validity,
                                       const Certificate& issuer, const PrivateKey& issuerKey);
/// The same for the key of a PKCS#10 request (PEM); what else it asks for does not count, as with istiod
/// (istio: security/pkg/pki/util/generate_cert.go, GenCertFromCSR). Kind::usage for one that is broken.
base::Result<Certificate> makeRequested(std::string_view csr, const std::string& spiffeId, Validity validity,
                                        const Certificate& issuer, const PrivateKey& issuerKey);
/// A certificate by which an API server knows a user: CN is the user, each O a group.
base::Result<Certificate> makeUser(const PrivateKey& key, const Name& subject, Validity validity,
                                   const Certificate& issuer, const PrivateKey& issuerKey);
/// A server certificate for istiod's DNS names (or an IPv4 address), as makeWorkload with such SANs.
base::Result<Certificate> makeServer(const PrivateKey& key, const std::vector<std::string>& dnsNames,
                                     Validity validity, const Certificate& issuer,
                                     const PrivateKey& issuerKey);

}  // namespace pki
