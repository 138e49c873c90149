#include "explore/state.h"

#include <cstring>
#include <utility>

namespace explore {

namespace {

template <class T, std::size_t size>
void sortFew(std::array<T, size>& items) {
  for (std::size_t end = size; end > 1; --end) {
    for (std::size_t i = 0; i + 1 < end; ++i) {
      if (std::memcmp(&items[i], &items[i + 1], sizeof(T)) < 0) std::swap(items[i], items[i + 1]);
    }
  }
}

}  // namespace

State canonical(State state) {
  sortFew(state.replicas);
  sortFew(state.proxies);
  return state;
}

std::uint64_t hashOf(const State& state) {
  std::uint64_t words[(sizeof(State) + 7) / 8] = {};
  std::memcpy(words, &state, sizeof(State));
  std::uint64_t hash = 0x9e3779b97f4a7c15;
  for (const auto word : words) {
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
  }
  return hash;
}

}  // namespace explore
