#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <random>

#include "base/clock.h"

namespace rehearsal {

/// Simulated time and what is going to happen in it. Time moves only in advance(): so twelve hours pass in a
/// moment when nobody does anything, and the same seed gives the same story.
class Simulation {
 public:
  Simulation(base::Time start, std::uint64_t seed);

  /// These two may be asked without the mutex.
  [[nodiscard]] base::Millis elapsed() const { return base::Millis(elapsed_.load()); }
  [[nodiscard]] base::Time now() const;
  void after(base::Millis delay, std::function<void()> event);
  /// Everything that is due within that time happens, in order.
  void advance(base::Millis time);
  /// Between the two, both included.
  base::Millis between(base::Millis least, base::Millis most);
  std::mt19937_64& random() { return random_; }

  /// Held by whoever looks at or changes the mesh: the server's thread for each request, the program's clock
  /// when it lets time pass.
  std::mutex& mutex() { return mutex_; }

 private:
  base::Time start_;
  std::atomic<base::Millis::rep> elapsed_{0};
  std::uint64_t order_ = 0;
  std::multimap<std::pair<base::Millis, std::uint64_t>, std::function<void()>> events_;
  std::mt19937_64 random_;
  std::mutex mutex_;
};

/// The program's clock on simulated time: to pause is to let the mesh's time pass. It takes the mutex to do
/// so: what happens in the mesh asks the simulation itself for the time.
class SimulatedClock final : public base::Clock {
 public:
  explicit SimulatedClock(Simulation& simulation) : simulation_(simulation) {}
  [[nodiscard]] base::Time now() const override;
  [[nodiscard]] base::Millis elapsed() const override;
  base::Status pause(base::Millis duration) override;

 private:
  Simulation& simulation_;
};

}  // namespace rehearsal
