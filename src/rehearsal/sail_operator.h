#pragma once

#include <map>
#include <set>
#include <string>

#include "rehearsal/work_queue.h"

namespace rehearsal {

/// A stand-in for the Sail operator: keeps istiod's Deployment and its mesh config as the `Istio` resource's
/// spec.values say (pilot.env, pilot.replicaCount, meshConfig), whoever else edits them, and tells so in the
/// resource's status (sail-operator: controllers/istiorevision/istiorevision_controller.go). Only the active
/// revision's istiod is its concern. Made before the store is filled.
class SailOperator {
 public:
  SailOperator(Simulation& simulation, Store& store);

 private:
  struct Applied {
    std::set<std::string> env;  // names that came from spec.values
    json::Value meshConfig;     // without spec.values: what the chart makes by itself
    bool seen = false;
  };

  void see(const Change& change);
  base::Status sync(const Key& key);
  base::Status applyDeployment(const Key& key, const json::Value& values, Applied& applied);
  base::Status applyMeshConfig(const Key& key, const json::Value& values, Applied& applied);
  base::Status tell(const Key& key, const Key& deployment, const std::string& revision);

  Simulation& simulation_;
  Store& store_;
  WorkQueue queue_;
  std::map<Key, Applied> applied_;
};

/// Members of `over` on top of those of `under`, as Helm merges values: objects into each other, anything
/// else in place of what was there; null takes it away.
json::Value merged(json::Value under, const json::Value& over);

}  // namespace rehearsal
