#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "kube/pod_stream.h"
#include "mesh/observe.h"
#include "plan/action.h"
#include "trust/observation.h"

namespace rotate {

/// The mesh as a run sees it: something to look at and to change. The cluster is one, tests have another.
class World {
 public:
  virtual ~World() = default;
  /// A fresh observation; with `mounts`, what is mounted in the pods too (an exec for each proxy).
  virtual base::Result<trust::Observation> observe(bool mounts) = 0;
  /// Enough to wait by: what is read anew of the mesh, and the rest as it was before. A world where all costs
  /// the same looks.
  virtual base::Result<trust::Observation> glance(const mesh::Part& /*part*/, bool mounts,
                                                  const trust::Observation& /*before*/) {
    return observe(mounts);
  }
  /// Takes a step, on the strength of the last observation. Kind::conflict if the object has changed since.
  virtual base::Status perform(const plan::Action& action) = 0;
  /// Asks the kubelets of these pods to refresh their volumes now (a changed annotation makes them). A hint:
  /// it may fail, and nothing depends on it but the time that arrival takes.
  virtual void nudge(const std::vector<kube::PodRef>& pods) = 0;
  /// Succeeds while this run holds the right to write: claimed at the first call, renewed when due, checked
  /// at each. Kind::gate if someone else has it.
  virtual base::Status holdLease(bool checkNow) = 0;
};

}  // namespace rotate
