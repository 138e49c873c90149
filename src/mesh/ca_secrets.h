#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "json/value.h"
#include "trust/observation.h"

namespace mesh {

/// The CA keys that were read together with an observation, PEM; empty where there is none. Kept apart from
/// it, so that no report, file or message can hold one.
struct CaKeys {
  base::Secret cacerts, selfSigned;
  std::map<std::string, base::Secret> backups{};  // by the name of the secret
};

/// A Secret that holds a CA, and its key.
struct ReadCaSecret {
  trust::CaSecret secret;
  base::Secret key;
};
/// Of `cacerts` or a backup: the four files (istio: security/pkg/pki/ca/ca.go:43-68). Of `istio-ca-secret`
/// only ca-cert.pem and ca-key.pem count, the certificate is its root too (ca.go:222-238). The key's bytes in
/// `object` are cleansed.
ReadCaSecret readCaSecret(json::Value object);

/// Overwrites every value of a Secret's data where it stands, for those that are only looked at.
void cleanseData(const json::Value& secret);

/// When the object's data was last written, by the API server's clock: the latest of the managedFields
/// entries that own something of f:data, else its creation.
std::optional<base::Time> dataWrittenAt(const json::Value& metadata);

/// Others who may write it again: owner references, GitOps tools and controllers by their labels, annotations
/// and field managers. Each as "Argo CD (argocd.argoproj.io/tracking-id)".
std::vector<std::string> ownersOf(const json::Value& metadata);

}  // namespace mesh
