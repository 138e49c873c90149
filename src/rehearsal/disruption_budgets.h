#pragma once

#include <map>
#include <set>
#include <string>

#include "rehearsal/work_queue.h"

namespace rehearsal {

/// Keeps the status of PodDisruptionBudgets: how many of their pods are healthy, how many may go (kubernetes:
/// pkg/controller/disruption). One that allows none is shut.
class DisruptionBudgets {
 public:
  DisruptionBudgets(Simulation& simulation, Store& store);

 private:
  void see(const Change& change);
  base::Status sync(const Key& key);

  Store& store_;
  WorkQueue queue_;
  std::map<std::string, std::set<Key>> budgets_;  // by namespace
};

}  // namespace rehearsal
