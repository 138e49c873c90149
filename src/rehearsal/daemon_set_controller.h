#pragma once

#include <map>

#include "rehearsal/owned.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/work_queue.h"

namespace rehearsal {

/// Keeps one pod of a DaemonSet on each node (kubernetes: pkg/controller/daemon).
class DaemonSetController {
 public:
  DaemonSetController(Simulation& simulation, Store& store, Owned& owned, PodMaker& pods);

 private:
  /// On one node: the pods of the present template, and those from before.
  struct OnNode {
    std::vector<Object> present, old;
  };
  using Nodes = std::map<std::string, OnNode>;

  void see(const Change& change);
  base::Status sync(const Key& key);
  base::Status create(const json::Value& set, const std::string& node, const std::string& hash);
  base::Status roll(const json::Value& set, const Nodes& nodes, const std::string& hash);
  base::Status surge(const json::Value& set, const Nodes& nodes, const std::string& hash, std::int64_t most);
  base::Status tell(const Key& key, const std::string& hash);
  [[nodiscard]] Nodes nodesOf(const json::Value& set, const std::string& hash) const;
  [[nodiscard]] bool available(const json::Value& set, const std::vector<Object>& pods);

  Simulation& simulation_;
  Store& store_;
  Owned& owned_;
  PodMaker& pods_;
  WorkQueue queue_;
};

}  // namespace rehearsal
