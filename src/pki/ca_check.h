#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "pki/certificate.h"

namespace pki {

/// The four files of a plugged-in CA, as bytes (istio: security/pkg/pki/ca/ca.go:43-68).
struct CaFiles {
  std::string caCert, certChain, rootCert;  // PEM
  base::Secret caKey;                       // PEM
};

/// One finding about a CA: what is wrong, and what to do about it.
struct CaFinding {
  enum class Severity { error, warning };
  Severity severity;
  std::string code;     // "key-mismatch": stable, for scripts; the list is in ca_findings.h
  std::string message;  // "ca-key.pem does not belong to ca-cert.pem"
  std::string hint;
};

/// A CA that was read and parsed; the key stays in `files`.
struct CheckedCa {
  CaFiles files;
  /// Of cert-chain.pem, first = the signing CA. Where cert-chain.pem is empty (istiod's own CA has none),
  /// ca-cert.pem.
  std::vector<Certificate> chain;
  std::vector<Certificate> roots;  // of root-cert.pem
  std::vector<CaFinding> findings;
  [[nodiscard]] bool usable() const;  // no finding is an error
};

/// Everything that istiod checks when it loads a CA (security/pkg/pki/util/keycertbundle.go:330-362,
/// ca.go:323,471): files complete, key parses and matches, ca-cert verifies with root-cert and the chain,
/// CA:TRUE, not expired. And what it does not: cert-chain begins with ca-cert and leads to a root, strict PEM
/// (glued boundaries), every root self-signed, key usage, path length, extended key usage and name
/// constraints by a trial leaf against the root alone, SHA-1, small keys, encrypted key, not yet valid,
/// expiring within 30 days, outliving its root. Where istiod has words for it in its log, the message quotes
/// them. `trustDomain` is that of the trial leaf's SPIFFE ID. Never fails: what cannot be parsed is a
/// finding.
CheckedCa checkCa(CaFiles files, base::Time now, const std::string& trustDomain = "cluster.local");

}  // namespace pki
