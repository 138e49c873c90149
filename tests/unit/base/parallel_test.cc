#include "base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace {

TEST(Parallel, EachIsDoneOnce) {
  for (const std::size_t count : {0U, 1U, 7U, 1000U}) {
    for (const std::size_t worthwhile : {0U, 1U, 10U, 2000U}) {
      std::vector<std::atomic<int>> done(count);
      base::inParallel(count, worthwhile, [&](std::size_t i) { ++done[i]; });
      for (const auto& each : done) EXPECT_EQ(each, 1) << count << ", " << worthwhile;
    }
  }
}

TEST(Parallel, WhatIsThrownComesOutWhenAllHaveEnded) {
  std::atomic<int> running{0};
  const auto work = [&](std::size_t i) {
    ++running;
    if (i == 500) {
      --running;
      throw std::runtime_error("no");
    }
    --running;
  };
  EXPECT_THROW(base::inParallel(1000, 1, work), std::runtime_error);
  EXPECT_EQ(running, 0);
}

}  // namespace
