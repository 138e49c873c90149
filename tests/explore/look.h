#pragma once

#include <string>

#include "explore/options.h"
#include "explore/pool.h"
#include "explore/state.h"
#include "trust/observation.h"

namespace explore {

inline constexpr std::array<const char*, mostReplicas> replicaNames{"istiod-a", "istiod-b", "istiod-c"};
inline constexpr std::array<const char*, mostProxies> proxyNames{"client", "server", "batch"};

enum class Eyes {
  ours,      // what our program can read
  allKnown,  // the truth: what each istiod issues and hands out too
};

/// A state as the observation that would be made of it at this instant.
trust::Observation look(const State& state, const Pool& pool, const Options& options, Eyes eyes);

/// Two states with the same key give the same observation, but for how many of each kind there are and
/// what they are called.
std::string keyOf(const State& state, const Pool& pool, const Options& options, Eyes eyes);

}  // namespace explore
