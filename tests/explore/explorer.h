#pragma once

#include <optional>
#include <vector>

#include "explore/model.h"

namespace explore {

/// What is wrong with a state that was reached.
struct Finding {
  enum class Kind {
    broken,     // an invariant does not hold
    straggler,  // all has arrived, every istiod signs with the new CA, and a proxy keeps an old certificate
    stuck,      // from here the end is not reached without somebody's luck
  };
  Kind kind = Kind::broken;
  Broken invariants = 0;
  std::vector<Step> story;  // from the first state, the shortest
};

/// What to look for.
struct Search {
  Broken invariants = 0x1f;
  bool stragglers = true, stuck = true;
  std::size_t mostStates = 40'000'000;
};

struct Report {
  std::size_t states = 0, transitions = 0, ends = 0;
  std::size_t decisions = 0, judgements = 0;  // distinct ones that were asked of plan and trust
  double seconds = 0;
  bool complete = false;  // no state was left out
  std::optional<Finding> finding;
};

/// Breadth first over all interleavings, each state once (replicas and proxies are exchangeable); ends at the
/// first finding. Without one, looks backward from the ends: what cannot reach one is stuck.
Report explore(Pool& pool, Oracle& oracle, const Options& options, const Search& search = {});

}  // namespace explore
