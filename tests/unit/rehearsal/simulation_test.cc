#include "rehearsal/simulation.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

using base::Millis;
using rehearsal::Simulation;

constexpr base::Time start = std::chrono::sys_days(std::chrono::year(2026) / 11 / 28);

TEST(Simulation, LetsEventsHappenInOrderAndAtTheirTime) {
  Simulation simulation(start, 1);
  std::vector<std::pair<char, Millis::rep>> seen;
  const auto see = [&](char what) {
    return [&, what] { seen.emplace_back(what, simulation.elapsed().count()); };
  };
  simulation.after(Millis(2000), see('b'));
  simulation.after(Millis(1000), see('a'));
  simulation.after(Millis(2000), see('c'));
  simulation.after(Millis(2001), see('z'));
  simulation.advance(Millis(2000));
  EXPECT_EQ(seen, (std::vector<std::pair<char, Millis::rep>>{{'a', 1000}, {'b', 2000}, {'c', 2000}}));
  EXPECT_EQ(simulation.now(), start + base::Seconds(2));
}

TEST(Simulation, AnEventMayCauseOthers) {
  Simulation simulation(start, 1);
  int ticks = 0;
  std::function<void()> tick = [&] {
    ++ticks;
    simulation.after(Millis(100), tick);
  };
  tick();
  simulation.advance(Millis(1000));
  EXPECT_EQ(ticks, 11);
}

TEST(Simulation, IsTheSameForTheSameSeed) {
  Simulation one(start, 7), other(start, 7), third(start, 8);
  std::vector<Millis> a, b, c;
  for (int i = 0; i < 20; ++i) {
    a.push_back(one.between(Millis(10), Millis(20)));
    b.push_back(other.between(Millis(10), Millis(20)));
    c.push_back(third.between(Millis(10), Millis(20)));
    EXPECT_GE(a.back(), Millis(10));
    EXPECT_LE(a.back(), Millis(20));
  }
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

TEST(SimulatedClock, PausesByLettingTimePass) {
  Simulation simulation(start, 1);
  rehearsal::SimulatedClock clock(simulation);
  bool happened = false;
  simulation.after(Millis(500), [&] { happened = true; });
  ASSERT_TRUE(clock.pause(Millis(499)));
  EXPECT_FALSE(happened);
  ASSERT_TRUE(clock.pause(Millis(1)));
  EXPECT_TRUE(happened);
  EXPECT_EQ(clock.elapsed(), Millis(500));
}

}  // namespace
