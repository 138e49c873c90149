#pragma once

#include <map>

#include "rehearsal/owned.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/work_queue.h"

namespace rehearsal {

/// Keeps the pods of StatefulSets, by their ordinals, one after the other unless they are managed in parallel
/// (kubernetes: pkg/controller/statefulset/stateful_set_control.go).
class StatefulSetController {
 public:
  StatefulSetController(Simulation& simulation, Store& store, Owned& owned, PodMaker& pods);

 private:
  using Pods = std::map<std::int64_t, Object>;  // by ordinal
  struct Revisions {
    std::string current, update;
  };

  void see(const Change& change);
  base::Status sync(const Key& key);
  base::Status act(const json::Value& set, const Revisions& revisions);
  base::Status create(const json::Value& set, const Revisions& revisions, std::int64_t ordinal);
  base::Status roll(const json::Value& set, const Pods& pods, const std::string& revision);
  base::Status tell(const Key& key, Revisions revisions);
  [[nodiscard]] Pods podsOf(const json::Value& set) const;
  [[nodiscard]] bool healthy(const json::Value& set, const json::Value& pod);

  Simulation& simulation_;
  Store& store_;
  Owned& owned_;
  PodMaker& pods_;
  WorkQueue queue_;
};

}  // namespace rehearsal
