#pragma once

#include <string>

#include "base/clock.h"
#include "plan/plan.h"
#include "trust/observation.h"

namespace rotate {

/// A step is taken when two looks in a row find it due, on the same version of the CA secret. A look is not
/// an instant: one alone may read a proxy before, and an istiod after, what connects the two. What both looks
/// read held in between (tests/explore/stories/look-twice.txt shows what happens without). What changes
/// nothing about whom anyone trusts may rest on one.
class TwoLooks {
 public:
  /// A look that began and ended then (base::Clock::elapsed) has found the decision's step due. True if that
  /// is the second one, or one is enough.
  bool found(const plan::Decision& decision, const trust::Observation& mesh, base::Millis began,
             base::Millis ended);
  /// A look has found something else: what was due is not any more.
  void forget() { due_.clear(); }
  /// How long it is from `now` until a look may begin that counts as the second; none if negative.
  [[nodiscard]] base::Millis until(const plan::Step& step, base::Millis now) const;

 private:
  std::string due_;  // the step that the last look found due
  base::Millis since_{0};
};

}  // namespace rotate
