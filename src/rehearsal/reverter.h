#pragma once

#include <string>
#include <vector>

#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// Someone else's controller (an operator, GitOps) that holds on to what it once wrote: some time after
/// anybody has changed that, it puts it back. A fault.
class Reverter {
 public:
  Reverter(Simulation& simulation, Store& store);

  /// From now on, this field of the object ("data", "spec", "template", ...) is put back to what it is now,
  /// `delay` after each change of it. Without a path: the whole object is made again when it is deleted, or
  /// deleted when there is none now. At most `times` times.
  void hold(const Key& key, std::vector<std::string> path, base::Millis delay, std::string manager,
            int times = 1'000'000);

 private:
  struct Hold {
    Key key;
    std::vector<std::string> path;
    base::Millis delay;
    std::string manager;
    int times;
    Object wanted;  // the object as it was; null if there was none
    bool planned = false;
  };

  void see(const Change& change);
  void revert(std::size_t number);
  [[nodiscard]] bool holds(const Hold& hold) const;

  Simulation& simulation_;
  Store& store_;
  std::vector<Hold> holds_;
};

}  // namespace rehearsal
