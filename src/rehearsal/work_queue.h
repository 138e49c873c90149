#pragma once

#include <functional>
#include <map>
#include <set>

#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// The objects that a controller has to look at: each once, however often it was named meanwhile; again,
/// later and later, where that failed (kubernetes: client-go util/workqueue DefaultControllerRateLimiter, 5
/// ms doubled up to 1000 s). Has to live as long as the simulation is advanced.
class WorkQueue {
 public:
  using Sync = std::function<base::Status(const Key&)>;
  /// `delay`: how long after it was named an object is looked at.
  WorkQueue(Simulation& simulation, base::Millis delay, Sync sync);

  void add(const Key& key);
  void addAfter(const Key& key, base::Millis delay);

 private:
  void work(const Key& key);

  Simulation& simulation_;
  base::Millis delay_;
  Sync sync_;
  std::set<Key> waiting_;
  std::map<Key, int> failures_;
};

}  // namespace rehearsal
