#pragma once

#include <map>
#include <set>
#include <string>

#include "rehearsal/owned.h"
#include "rehearsal/simulation.h"

namespace rehearsal {

/// Removes what belonged to an object that is gone, in the background (kubernetes:
/// pkg/controller/garbagecollector), and what was in a namespace that is gone or about to go.
class GarbageCollector {
 public:
  GarbageCollector(Simulation& simulation, Store& store, Owned& owned);

 private:
  void see(const Change& change);
  void follow(const std::string& uid);
  void empty(const std::string& ns);
  void end(const Key& key);

  Simulation& simulation_;
  Store& store_;
  Owned& owned_;
  std::map<std::string, std::set<Key>> content_;  // of namespaces
};

}  // namespace rehearsal
