#pragma once

#include <string>
#include <vector>

#include "explore/explorer.h"

namespace explore {

/// One exploration of the test, and what is expected of it.
struct Scenario {
  std::string name;
  Options options;
  Search search;
  bool brief = false;  // takes moments, also with sanitizers
};

/// With all rules on nothing may be found. `deeper`: 0 is what every build runs; each step more takes several
/// times as long.
std::vector<Scenario> proofs(int deeper);

/// Each with one rule switched off: the shortest history that this breaks is kept in stories/NAME.txt.
std::vector<Scenario> stories();

}  // namespace explore
