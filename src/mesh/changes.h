#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "kube/api.h"
#include "kube/pod_stream.h"
#include "trust/observation.h"

/// The changes that a rotation makes to a mesh, each as the one request that makes it.
namespace mesh {

/// Sail: both settings in spec.values of the Istio resource (merge patch: nothing else is touched).
kube::Write enableInIstio(const std::string& name);
/// Plain: ISTIO_MULTIROOT_MESH=true in the env of an istiod Deployment, by server-side apply with a field
/// manager of our own, so that nothing else in the busy object is touched and a foreign owner of the field is
/// a conflict.
kube::Write enableInIstiod(const std::string& ns, const std::string& deployment,
                           const std::string& container);
/// Plain: PROXY_CONFIG_XDS_AGENT in the mesh config. The patch tests that the text is still the one that was
/// judged.
base::Result<kube::Write> enableInMeshConfig(const trust::MeshConfig& config);

/// What `kubectl rollout restart` does.
base::Result<kube::Write> restartWorkload(const trust::Workload& workload, base::Time now);
/// The same for istiod; `startedFor` (may be empty) becomes its pods' annotation istio-ca/started-for.
kube::Write restartIstiod(const std::string& ns, const std::string& deployment, const std::string& startedFor,
                          base::Time now);
/// A changed annotation, which makes the kubelet sync the pod and its volumes at once (kubernetes.io,
/// "Mounted ConfigMaps are updated automatically").
kube::Write refreshPod(const kube::PodRef& pod, base::Time now);

/// The PEM files of a plugged-in CA; the key apart.
struct CaContent {
  std::string caCert, certChain, rootCert;
};
/// `cacerts` for the first time; someone else's in the meantime is a conflict (409).
kube::Write createCacerts(const std::string& ns, const CaContent& content, const base::Secret& key);

/// A change of `cacerts` at exactly this resourceVersion, else a conflict (409).
struct CacertsChange {
  std::string resourceVersion;
  std::optional<CaContent> signer;      // caCert and certChain, with the key; rootCert is not looked at
  std::optional<std::string> rootCert;  // the bundle
  std::map<std::string, std::string> annotations;  // of ours; an empty value removes one
};
/// kubectl's last-applied-configuration, which would hold the old key in the clear, is removed in the same
/// request.
kube::Write updateCacerts(const std::string& ns, const CacertsChange& change, const base::Secret& key);

/// An immutable Secret istio-ca-rotation-backup-<16 digits of the certificate's fingerprint> with the old
/// CA's files; `bundle` becomes its root-cert.pem.
kube::Write createBackup(const trust::CaSecret& source, const std::string& fingerprint,
                         const std::string& bundle, const base::Secret& key, base::Time now);
inline constexpr std::string_view backupPrefix = "istio-ca-rotation-backup-";
/// The label on what this program creates, by which backups are found.
inline constexpr std::string_view backupLabel = "istio-ca/backup";

}  // namespace mesh
