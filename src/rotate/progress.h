#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "plan/plan.h"

namespace rotate {

/// What a run tells while it goes on; the terminal is one listener, tests are another.
class Progress {
 public:
  virtual ~Progress() = default;
  /// The gate of this step holds on the decision's observation: take it? Kind::usage if nobody can be asked.
  virtual base::Result<bool> confirm(const plan::Step& step, const plan::Decision& decision) = 0;
  virtual void acting(const plan::Step& step) = 0;
  /// After the write. `took` is the time of the request alone.
  virtual void acted(const plan::Step& step, base::Millis took) = 0;
  /// Not there yet: what is missing is in the decision's answers.
  virtual void waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) = 0;
  /// A stage's predicate holds.
  virtual void reached(plan::Stage stage) = 0;
  virtual void note(std::string_view text) = 0;
};

}  // namespace rotate
