#pragma once

#include <vector>

#include "base/result.h"
#include "kube/api.h"
#include "trust/observation.h"

namespace mesh {

/// Looks again at the pods that could not be read: those that are gone (or are another pod of the same name,
/// or have ended) are taken out, those that are leaving or do not run any more are marked so. A rollout in
/// the background thus blocks nothing, and a pod that is there and cannot be read stays. Fails only when
/// interrupted.
base::Status recheck(kube::Api& api, std::vector<trust::Proxy>& proxies, std::vector<trust::Istiod>& istiods);

}  // namespace mesh
