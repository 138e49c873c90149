#pragma once

#include "base/result.h"
#include "kube/access.h"

namespace kube {

/// Whether we run in a pod with a service account (client-go rest/config.go InClusterConfig).
bool inClusterPossible(const Environment& environment);
/// Access as that service account; --token and --certificate-authority of the flags replace what the pod has.
base::Result<ClusterAccess> inCluster(const AccessFlags& flags, const Environment& environment);

}  // namespace kube
