#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "rehearsal/faults.h"
#include "rehearsal/shape.h"
#include "rehearsal/simulation.h"
#include "rehearsal/traffic.h"

namespace rehearsal {

struct BuiltInMeshOptions {
  Shape shape{};
  std::vector<Fault> faults{};  // after applyToShape; they begin when the mesh stands
  std::uint64_t seed = 1;
  base::Time now{};  // when the mesh stands; the time before is simulated
  int port = 0;      // of the API server; 0: a free one
  /// Time passes on a wall clock outside, and whoever asks the API server takes of that.
  bool wallTime = false;
  /// Gets what clients change, and the streams that they open, as events of an audit log; empty: none is
  /// made.
  std::function<void(const json::Value& event)> audit{};
};

/// What the API server was asked for.
struct Load {
  std::int64_t requests = 0;
  std::map<std::string, std::int64_t> kinds{};  // "list", "get", "write", "port-forward", "exec", "watch"
};

/// A workload that was restarted: "Deployment shop/server".
using Restarted = std::set<std::string>;

/// A cluster with an Istio mesh in this process: objects, controllers, kubelet, istiods, proxies and the
/// traffic between them, in simulated time, behind an API server on loopback.
class BuiltInMesh {
 public:
  /// Gives it settled: every pod is ready, every proxy has its certificate, the faults are on.
  static base::Result<std::unique_ptr<BuiltInMesh>> start(BuiltInMeshOptions options);
  virtual ~BuiltInMesh() = default;

  [[nodiscard]] virtual Simulation& simulation() = 0;
  /// For whoever wants to reach it, YAML: holds the key of an administrator.
  [[nodiscard]] virtual const std::string& kubeconfig() const = 0;

  // Under the simulation's mutex, which these take:
  /// All handshakes since the mesh stood.
  [[nodiscard]] virtual TrafficReport traffic() = 0;
  [[nodiscard]] virtual Load load() = 0;
  /// Workloads (but istiods) that were asked to restart.
  [[nodiscard]] virtual Restarted restarted() = 0;
  /// Lets time pass, as on a day when nobody does anything.
  virtual void pass(base::Millis time) = 0;
};

}  // namespace rehearsal
