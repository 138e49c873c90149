#pragma once

#include "base/result.h"
#include "kube/access.h"
#include "kube/kubeconfig.h"

namespace kube {

/// Puts what a cluster's entry says into the access, then what the flags say: --server drops the entry's
/// tls-server-name, --certificate-authority its insecure-skip-tls-verify, --insecure-skip-tls-verify its CA
/// (client-go tools/clientcmd/client_config.go getCluster). `entry` may be null. A CA together with
/// insecure-skip-tls-verify is refused.
base::Status applyCluster(ClusterAccess& access, const KubeconfigEntry* entry, const AccessFlags& flags);

/// Puts what a user's entry says into the access, then what the flags say. `entry` may be null.
base::Status applyUser(ClusterAccess& access, const KubeconfigEntry* entry, const AccessFlags& flags);

/// The --certificate-authority and --insecure-skip-tls-verify flags alone.
base::Status applyTrustFlags(ClusterAccess& access, const AccessFlags& flags);

/// The --as, --as-uid and --as-group flags; refuses a uid, groups or extra without a user.
base::Status applyImpersonationFlags(ClusterAccess& access, const AccessFlags& flags);

/// With a scheme and without a slash at the end; a server without a scheme is https if anything about TLS is
/// set, else http (client-go rest/url_utils.go). Over http no credentials are sent, as kubectl does: they are
/// taken out. Fills what depends on the rest (clusterInfo), and checks proxyUrl.
base::Status finish(ClusterAccess& access);

}  // namespace kube
