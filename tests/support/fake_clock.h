#pragma once

#include <optional>
#include <vector>

#include "base/clock.h"

namespace test {

/// Time that stands still until someone pauses; remembers the pauses.
class FakeClock final : public base::Clock {
 public:
  explicit FakeClock(base::Time now = base::Time{base::Seconds{1'800'000'000}}) : start_(now) {}

  [[nodiscard]] base::Time now() const override {
    return start_ + std::chrono::duration_cast<base::Seconds>(elapsed_);
  }
  [[nodiscard]] base::Millis elapsed() const override { return elapsed_; }
  base::Status pause(base::Millis duration) override {
    if (interruptAt_ && elapsed_ + duration >= *interruptAt_)
      return base::fail({base::Kind::interrupted, "interrupted"});
    pauses_.push_back(duration);
    elapsed_ += duration;
    return {};
  }

  void advance(base::Millis duration) { elapsed_ += duration; }
  /// Pauses that would reach this point fail as an interrupt does.
  void interruptAt(base::Millis elapsed) { interruptAt_ = elapsed; }
  [[nodiscard]] const std::vector<base::Millis>& pauses() const { return pauses_; }

 private:
  base::Time start_;
  base::Millis elapsed_{0};
  std::optional<base::Millis> interruptAt_{};
  std::vector<base::Millis> pauses_{};
};

}  // namespace test
