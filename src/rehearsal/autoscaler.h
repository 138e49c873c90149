#pragma once

#include <map>
#include <set>

#include "rehearsal/work_queue.h"

namespace rehearsal {

/// Holds what HorizontalPodAutoscalers scale within their bounds; load is nothing that it knows. Looks at a
/// target 15 s after something happened to it (kubernetes: --horizontal-pod-autoscaler-sync-period).
class Autoscaler {
 public:
  Autoscaler(Simulation& simulation, Store& store);

 private:
  void see(const Change& change);
  base::Status sync(const Key& key);

  Store& store_;
  WorkQueue queue_;
  std::map<Key, std::set<Key>> scalers_;  // by what they scale
};

/// Changes spec.replicas, as a scale subresource does.
base::Status scale(Store& store, const Key& workload, std::int64_t replicas, std::string_view manager);

}  // namespace rehearsal
