#pragma once

#include "base/result.h"
#include "kube/api.h"
#include "trust/observation.h"

namespace mesh {

/// Reads how the workloads of the observation's proxies are rolled out, what scales istiod, and which
/// disruption budgets let no pod go, into the observation. What cannot be had stands in it as unreadable.
/// Fails only when interrupted.
base::Status readSurroundings(kube::Api& api, trust::Observation& observation);

}  // namespace mesh
