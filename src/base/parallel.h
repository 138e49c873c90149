#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <future>
#include <thread>
#include <vector>

namespace base {

/// How many threads help with so much, each having at least `worthwhile` to do: four at most, 0 for fewer
/// than that.
inline std::size_t threadsFor(std::size_t count, std::size_t worthwhile) {
  constexpr std::size_t most = 4;
  return std::min(
      {most, std::size_t(std::thread::hardware_concurrency()), count / std::max<std::size_t>(worthwhile, 1)});
}

/// Calls `work(i)` for each i below `count`, in any order, on as many threads as help, and returns when all
/// is done. `work` must bear being called in several at once. What it throws comes out here.
template <class Work>
void inParallel(std::size_t count, std::size_t worthwhile, const Work& work) {
  const auto threads = threadsFor(count, worthwhile);
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < threads; ++i) others.push_back(std::async(std::launch::async, take));
  take();
  for (auto& other : others) other.get();
}

}  // namespace base
