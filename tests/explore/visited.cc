#include "explore/visited.h"

#include <cstring>

namespace explore {

std::pair<std::uint32_t, bool> Visited::add(const State& state) {
  if (states_.size() * 2 > slots_.size()) grow();
  const auto mask = slots_.size() - 1;
  auto slot = hashOf(state) & mask;
  while (slots_[slot] != 0) {
    const auto number = slots_[slot] - 1;
    if (std::memcmp(&states_[number], &state, sizeof(State)) == 0) return {number, false};
    slot = (slot + 1) & mask;
  }
  states_.push_back(state);
  slots_[slot] = static_cast<std::uint32_t>(states_.size());
  return {slots_[slot] - 1, true};
}

void Visited::grow() {
  std::vector<std::uint32_t> wider(slots_.size() * 4);
  const auto mask = wider.size() - 1;
  for (std::uint32_t number = 0; number < states_.size(); ++number) {
    auto slot = hashOf(states_[number]) & mask;
    while (wider[slot] != 0) slot = (slot + 1) & mask;
    wider[slot] = number + 1;
  }
  slots_ = std::move(wider);
}

}  // namespace explore
