#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "rehearsal/simulation.h"

namespace rehearsal {

/// Events of something that may be gone by then: what it has planned goes with it.
class Timers {
 public:
  explicit Timers(Simulation& simulation) : simulation_(simulation) {}

  void after(base::Millis delay, std::function<void()> event) {
    simulation_.after(delay, [alive = std::weak_ptr<const bool>(alive_), event = std::move(event)] {
      if (!alive.expired()) event();
    });
  }
  /// At some time between the two.
  void within(base::Millis least, base::Millis most, std::function<void()> event) {
    after(simulation_.between(least, most), std::move(event));
  }

 private:
  Simulation& simulation_;
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace rehearsal
