#pragma once

#include "rehearsal/deployment_status.h"
#include "rehearsal/owned.h"
#include "rehearsal/work_queue.h"

namespace rehearsal {

/// Keeps the replica sets of Deployments: one for each pod template, scaled up and down by the strategy
/// (kubernetes: pkg/controller/deployment).
class DeploymentController {
 public:
  DeploymentController(Simulation& simulation, Store& store, Owned& owned);

 private:
  void see(const Change& change);
  base::Status sync(const Key& key);
  [[nodiscard]] ReplicaSets setsOf(const json::Value& deployment) const;
  base::Status act(const json::Value& deployment, ReplicaSets& sets);
  base::Status create(const json::Value& deployment, ReplicaSets& sets, std::int64_t replicas);
  base::Status markRevision(const json::Value& deployment, ReplicaSets& sets);
  base::Status roll(const json::Value& deployment, ReplicaSets& sets);
  base::Status recreate(const json::Value& deployment, ReplicaSets& sets);
  base::Status rescale(const json::Value& deployment, ReplicaSets& sets);
  base::Status resize(const json::Value& deployment, Object& set, std::int64_t replicas);
  base::Status forgetOld(const json::Value& deployment, const ReplicaSets& sets);
  base::Status tell(const Key& key, const ReplicaSets& sets);

  Simulation& simulation_;
  Store& store_;
  Owned& owned_;
  WorkQueue queue_;
};

}  // namespace rehearsal
