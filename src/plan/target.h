#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "trust/observation.h"

namespace plan {

/// The new CA as far as the plan needs it: public parts only, already checked (pki/ca_check.h).
struct NewCa {
  pki::Certificate signer;        // ca-cert.pem
  std::string caCert, certChain;  // PEM bytes for the secret
};

/// From which CA to which.
struct Target {
  trust::Certificates oldRoots;             // O: all anchors of the old signer
  std::optional<pki::Certificate> newRoot;  // N; none while nobody has said or written which
  std::optional<NewCa> newCa;               // needed until the new signer is in the secret
};

/// Which CA is the old and which the new one, from what the mesh holds and, if given, the new root that the
/// user named. Order of evidence: the named root; backups of ours (they are of old CAs); istio-ca-secret
/// (old); leaves that another root than the signer's still anchors (old); of two plugged-in roots the younger
/// is the new one. Errors: unproven (a secret cannot be read), failed (a secret that does not parse), usage
/// (a named root that is neither new nor in the mesh, or an old root that cannot be told).
base::Result<Target> findTarget(const trust::Observation& observation,
                                const std::optional<pki::Certificate>& newRoot);

/// The roots of a CA secret's bundle, distinct, strictly parsed.
base::Result<trust::Certificates> rootsOf(const trust::CaSecret& secret);
/// Its signing certificate, and the chain that it goes out with.
base::Result<trust::Certificates> chainOf(const trust::CaSecret& secret);
/// Those of the candidates that the secret's signer verifies with.
base::Result<trust::Certificates> anchorsOf(const trust::CaSecret& secret,
                                            const trust::Certificates& candidates, base::Time at);

}  // namespace plan
