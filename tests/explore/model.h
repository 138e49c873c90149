#pragma once

#include <vector>

#include "explore/move.h"
#include "explore/options.h"
#include "explore/oracle.h"
#include "explore/pool.h"
#include "explore/state.h"

namespace explore {

/// The mesh as state machines. References: "M/" is istio.io/istio at v0.0.0-20260827124520-eed52ebb66ad;
/// file names without a folder are found there once.
class Model {
 public:
  Model(Pool& pool, Oracle& oracle, Options options);

  /// A self-signed mesh with the multi-root setting.
  [[nodiscard]] State first() const;
  /// All that can happen next, each with the state after it.
  void moves(const State& state, std::vector<Step>& into);
  /// Nothing of the mesh's own is under way: all that was written has arrived.
  bool settled(const State& state);

 private:
  class Moves;
  Pool& pool_;
  Oracle& oracle_;
  const Options options_;
  std::vector<Step> scratch_;
};

}  // namespace explore
