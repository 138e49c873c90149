#pragma once

#include "rehearsal/autoscaler.h"
#include "rehearsal/daemon_set_controller.h"
#include "rehearsal/deployment_controller.h"
#include "rehearsal/disruption_budgets.h"
#include "rehearsal/garbage_collector.h"
#include "rehearsal/job_controller.h"
#include "rehearsal/owned.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/replica_set_controller.h"
#include "rehearsal/scheduler.h"
#include "rehearsal/stateful_set_controller.h"

namespace rehearsal {

/// Kubernetes' own controllers and its scheduler: listeners of the store that do what they do as events of
/// the simulation, so that an object that is created or changed there is followed up as time advances. Made
/// before the store is filled; lives as long as the simulation is advanced. All under the simulation's mutex.
class Controllers {
 public:
  /// All borrowed.
  Controllers(Simulation& simulation, Store& store, Programs& programs)
      : owned(store),
        scheduler(simulation, store),
        pods(store, programs, scheduler),
        deployments(simulation, store, owned),
        replicaSets(simulation, store, owned, pods),
        statefulSets(simulation, store, owned, pods),
        daemonSets(simulation, store, owned, pods),
        jobs(simulation, store, owned, pods),
        garbage(simulation, store, owned),
        budgets(simulation, store),
        autoscaler(simulation, store) {
    // kubernetes: pkg/controller/serviceaccount/serviceaccounts_controller.go
    store.listen([&store](const Change& change) {
      const bool isNew = change.kind == Change::Kind::added && change.key.group.empty();
      if (isNew && change.key.plural == "namespaces") ensureServiceAccount(store, change.key.name, "default");
    });
  }

  Owned owned;
  Scheduler scheduler;
  PodMaker pods;
  DeploymentController deployments;
  ReplicaSetController replicaSets;
  StatefulSetController statefulSets;
  DaemonSetController daemonSets;
  JobController jobs;
  GarbageCollector garbage;
  DisruptionBudgets budgets;
  Autoscaler autoscaler;
};

}  // namespace rehearsal
