#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "trust/blocker.h"
#include "trust/observation.h"

namespace plan {

/// Which workloads have to be restarted for their proxies to run with the setting that the mesh config gives.
struct Restarts {
  std::vector<trust::Workload> due;  // not asked for yet, each once
  trust::Answer done;                // "every restarted pod is new and ready"
  trust::Blockers impossible;        // a restart would not help, or there is no owner to ask it of
};

/// Of the proxies that `concerned` picks. Pods that leave, and gateways that their controller rolls by itself
/// (gatewaycommon/deploymentcontroller.go:225-231), need nothing.
Restarts findRestarts(const trust::Observation& observation, const std::set<trust::Workload>& asked,
                      const std::function<bool(const trust::Proxy&)>& concerned);

/// Those of `due` to restart at a time: ten, or a tenth of the mesh's workloads where that is more.
std::vector<trust::Workload> firstBatch(const trust::Observation& observation,
                                        std::vector<trust::Workload> due);

/// "Deployment shop/server, StatefulSet shop/db".
std::string nameAll(const std::vector<trust::Workload>& workloads);

}  // namespace plan
