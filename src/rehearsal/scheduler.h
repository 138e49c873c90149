#pragma once

#include <string>

#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// The nodes "node-1" to "node-<count>", ready, each with its pod network.
void createNodes(Store& store, int count);

/// Gives pods their nodes, one after the other in turn. A pod that comes without one gets it a moment later;
/// without a node that takes pods it stays Pending.
class Scheduler {
 public:
  Scheduler(Simulation& simulation, Store& store);

  /// The next node; "" if none takes pods.
  std::string pick();

 private:
  void bind(const Key& pod);

  Simulation& simulation_;
  Store& store_;
  std::size_t turn_ = 0;
};

}  // namespace rehearsal
