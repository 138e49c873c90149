#include "rehearsal/simulation.h"

#include "base/interrupt.h"

namespace rehearsal {

Simulation::Simulation(base::Time start, std::uint64_t seed) : start_(start), random_(seed) {}

base::Time Simulation::now() const {
  return start_ + std::chrono::floor<base::Seconds>(elapsed());
}

void Simulation::after(base::Millis delay, std::function<void()> event) {
  events_.emplace(std::pair(elapsed() + std::max(delay, base::Millis(0)), order_++), std::move(event));
}

void Simulation::advance(base::Millis time) {
  const base::Millis end = elapsed() + time;
  while (!events_.empty() && events_.begin()->first.first <= end) {
    const auto event = events_.extract(events_.begin());
    elapsed_ = event.key().first.count();
    event.mapped()();  // may add others, which are due in their turn
  }
  elapsed_ = end.count();
}

base::Millis Simulation::between(base::Millis least, base::Millis most) {
  return base::Millis(std::uniform_int_distribution<base::Millis::rep>(least.count(), most.count())(random_));
}

base::Time SimulatedClock::now() const {
  return simulation_.now();
}

base::Millis SimulatedClock::elapsed() const {
  return simulation_.elapsed();
}

base::Status SimulatedClock::pause(base::Millis duration) {
  TRY(base::checkInterrupt());
  const std::lock_guard lock(simulation_.mutex());
  simulation_.advance(duration);
  return {};
}

}  // namespace rehearsal
