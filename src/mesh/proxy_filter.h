#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "trust/observation.h"

namespace mesh {

/// One thing that the user named: "server-7f9c", "pod/server-7f9c", "deploy/server", "sts/db".
struct Target {
  std::string kind;  // Pod, Deployment, StatefulSet, DaemonSet, Job, ReplicaSet
  std::string name;
  std::string word{};
};

/// Which proxies are asked for.
struct ProxyFilter {
  std::string ns{};               // empty: all namespaces
  std::vector<Target> targets{};  // none: all proxies there
};

/// TYPE/NAME with kubectl's names and short names of types; NAME alone is a pod. Kind::usage for another
/// type.
base::Result<Target> parseTarget(std::string_view word);

/// Keeps the proxies, and what is opaque, that one of the targets names. Kind::notFound for a target that
/// none belongs to.
base::Status applyFilter(trust::Observation& observation, const ProxyFilter& filter);

}  // namespace mesh
