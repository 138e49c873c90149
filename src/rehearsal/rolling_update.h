#pragma once

#include <cstdint>
#include <vector>

#include "json/value.h"

namespace rehearsal {

/// The arithmetic of a rolling update (kubernetes: pkg/controller/deployment/rolling.go and
/// util/deployment_util.go): how many pods each replica set shall have next.
struct Limits {
  std::int64_t replicas = 1, surge = 0, unavailable = 0;
};
/// One replica set: the pods that it shall have, and those that are available.
struct Share {
  std::int64_t wanted = 0, available = 0;
};

/// Of a Deployment's spec. Surge is rounded up and unavailable down; both zero would never end, so that one
/// may be unavailable then.
Limits limitsOf(const json::Value& spec);

/// The new size of the newest set, of `all` pods that there are to be now.
std::int64_t grown(const Limits& limits, const Share& newest, std::int64_t all);

/// The new sizes of the others, oldest first: those that are not available anyway are let go first.
std::vector<std::int64_t> shrunk(const Limits& limits, const Share& newest, const std::vector<Share>& others);

/// The new sizes when the number of replicas has changed in the midst of a rollout: what is more or less is
/// shared by size. `before`: what each set's number was meant to be a part of (replicas and surge then).
struct Resize {
  std::int64_t wanted = 0, before = 0;
};
std::vector<std::int64_t> rescaled(const Limits& limits, const std::vector<Resize>& sets);

}  // namespace rehearsal
