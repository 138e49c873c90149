#pragma once

#include "rehearsal/owned.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/work_queue.h"

namespace rehearsal {

/// Keeps the pods of replica sets (kubernetes: pkg/controller/replicaset).
class ReplicaSetController {
 public:
  ReplicaSetController(Simulation& simulation, Store& store, Owned& owned, PodMaker& pods);

 private:
  void see(const Change& change);
  base::Status sync(const Key& key);
  base::Status scale(const json::Value& set, std::vector<Object> active);
  base::Status tell(const Key& key);

  Simulation& simulation_;
  Store& store_;
  Owned& owned_;
  PodMaker& pods_;
  WorkQueue queue_;
};

/// Asks a pod to end, within its own grace period.
base::Status deletePod(Store& store, const json::Value& pod);

}  // namespace rehearsal
