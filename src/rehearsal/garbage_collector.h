#pragma once

#include <map>
#include <set>
#include <string>

#include "rehearsal/owned.h"
#include "rehearsal/simulation.h"

namespace rehearsal {

/// Finalizers by which an object waits until what belongs to it is gone, or is nobody's.
inline constexpr const char* foreground = "foregroundDeletion";
inline constexpr const char* orphaning = "orphan";

/// Puts one of the two on an object that is about to be removed (kubernetes:
/// apiserver: pkg/registry/generic/registry/store.go deletionFinalizersForGarbageCollection).
void waitForDependents(Store& store, const Key& key, const char* finalizer);

/// Removes what belonged to an object that is gone, in the background (kubernetes:
/// pkg/controller/garbagecollector), and what was in a namespace that is gone or about to go.
class GarbageCollector {
 public:
  GarbageCollector(Simulation& simulation, Store& store, Owned& owned);

 private:
  void see(const Change& change);
  void follow(const std::string& uid);
  /// Of an object that waits for its dependents.
  void settle(const Key& key);
  void abandon(const std::string& uid);
  void empty(const std::string& ns);
  /// `waiting`: what belongs to it goes first.
  void end(const Key& key, bool waiting = false);

  Simulation& simulation_;
  Store& store_;
  Owned& owned_;
  std::map<std::string, std::set<Key>> content_;  // of namespaces
};

}  // namespace rehearsal
