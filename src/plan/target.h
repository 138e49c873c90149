#pragma once

#include <optional>
#include <string>
#include <string_view>

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

/// The way back: to the CA of a backup (by its secret's name; empty: the one that was made last). Old are the
/// roots of `cacerts` that were not there at the time of the backup, or, once they are out of it, those that
/// our last removal names (removedAnnotation) and somebody still trusts. nullopt: nothing has been changed
/// that a backup could undo. Errors: unproven (a secret cannot be read), usage (no such backup, or none at
/// all while there is a `cacerts`), failed.
base::Result<std::optional<Target>> findWayBack(const trust::Observation& observation,
                                                const std::string& backup);
/// The backup that findWayBack would take; nullptr if there is none (or none of that name).
const trust::CaSecret* backupToUse(const trust::Observation& observation, const std::string& name);

/// On the CA secret: the fingerprints of the roots that our last removal took out of it.
inline constexpr std::string_view removedAnnotation = "istio-ca/removed";

}  // namespace plan
