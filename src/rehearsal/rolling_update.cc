#include "rehearsal/rolling_update.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

#include "rehearsal/objects.h"

namespace rehearsal {

Limits limitsOf(const json::Value& spec) {
  Limits limits;
  limits.replicas = spec["replicas"].integer().value_or(1);
  const auto& strategy = spec["strategy"];
  if (strategy["type"].text() == "Recreate") {
    limits.unavailable = limits.replicas;
    return limits;
  }
  // What is not set is a quarter (kubernetes: pkg/apis/apps/v1/defaults.go).
  const json::Value quarter = "25%";
  const auto& rolling = strategy["rollingUpdate"];
  const auto part = [&](const char* name, bool up) {
    return intOrPercent(rolling.has(name) ? rolling[name] : quarter, limits.replicas, up, 0);
  };
  limits.surge = part("maxSurge", true);
  limits.unavailable = part("maxUnavailable", false);
  if (limits.surge == 0 && limits.unavailable == 0) limits.unavailable = 1;
  limits.unavailable = std::min(limits.unavailable, limits.replicas);
  return limits;
}

std::int64_t grown(const Limits& limits, const Share& newest, std::int64_t all) {
  if (newest.wanted >= limits.replicas) return limits.replicas;
  const auto room = limits.replicas + limits.surge - all;
  if (room <= 0) return newest.wanted;
  return newest.wanted + std::min(room, limits.replicas - newest.wanted);
}

std::vector<std::int64_t> shrunk(const Limits& limits, const Share& newest,
                                 const std::vector<Share>& others) {
  std::vector<std::int64_t> sizes;
  std::int64_t all = newest.wanted, available = newest.available;
  for (const auto& share : others) {
    sizes.push_back(share.wanted);
    all += share.wanted;
    available += std::min(share.available, share.wanted);  // those that are about to go don't count
  }
  const auto least = limits.replicas - limits.unavailable;
  auto mayGo = all - least - (newest.wanted - newest.available);
  if (mayGo <= 0) return sizes;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto gone =
        std::clamp<std::int64_t>(others[i].wanted - others[i].available, 0, std::max<std::int64_t>(mayGo, 0));
    sizes[i] -= gone;
    mayGo -= gone;
  }
  auto spare = available - least;
  for (auto& size : sizes) {
    const auto gone = std::clamp<std::int64_t>(size, 0, std::max<std::int64_t>(spare, 0));
    size -= gone;
    spare -= gone;
  }
  return sizes;
}

std::vector<std::int64_t> rescaled(const Limits& limits, const std::vector<Resize>& sets) {
  std::vector<std::int64_t> sizes;
  for (const auto& set : sets) sizes.push_back(set.wanted);
  const auto now = std::accumulate(sizes.begin(), sizes.end(), std::int64_t{0});
  const auto allowed = limits.replicas > 0 ? limits.replicas + limits.surge : 0;
  auto left = allowed - now;
  if (left == 0 || sizes.empty()) return sizes;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const auto& set = sets[i];
    auto part = -set.wanted;
    if (limits.replicas > 0 && set.before > 0) {
      const double share = double(set.wanted) * double(limits.replicas + limits.surge) / double(set.before);
      part = std::llround(share) - set.wanted;
    }
    part = left > 0 ? std::clamp<std::int64_t>(part, 0, left) : std::clamp<std::int64_t>(part, left, 0);
    sizes[i] += part;
    left -= part;
  }
  // What rounding has left over goes to the largest, or the newest of those: the first.
  sizes.front() = std::max<std::int64_t>(sizes.front() + left, 0);
  return sizes;
}

}  // namespace rehearsal
