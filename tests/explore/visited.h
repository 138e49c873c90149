#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "explore/state.h"

namespace explore {

/// All states that were met, numbered in that order.
class Visited {
 public:
  Visited() : slots_(1U << 16) {}

  /// Its number, and whether it is new.
  std::pair<std::uint32_t, bool> add(const State& state);
  [[nodiscard]] const State& operator[](std::size_t number) const { return states_[number]; }
  [[nodiscard]] std::size_t size() const { return states_.size(); }

 private:
  void grow();

  std::vector<State> states_;
  std::vector<std::uint32_t> slots_;  // number + 1; 0 is free
};

}  // namespace explore
