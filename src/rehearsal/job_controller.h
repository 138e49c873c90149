#pragma once

#include "rehearsal/owned.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/simulation.h"
#include "rehearsal/work_queue.h"

namespace rehearsal {

/// Makes the pods of Jobs until enough of them have succeeded or too many failed (kubernetes:
/// pkg/controller/job/job_controller.go). Pods that are there already, as of a rehearsed mesh, count.
class JobController {
 public:
  JobController(Simulation& simulation, Store& store, Owned& owned, PodMaker& pods);

 private:
  void see(const Change& change);
  base::Status sync(const Key& key);
  /// The selector and the pods' labels by which a Job is found again.
  base::Status select(const Key& key);
  base::Status tell(const Key& key);

  Simulation& simulation_;
  Store& store_;
  Owned& owned_;
  PodMaker& pods_;
  WorkQueue queue_;
};

}  // namespace rehearsal
