#pragma once

#include <string>
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
  /// Right before the write, the gate judged again and the lease held. An error keeps the step from being
  /// taken.
  virtual base::Status acting(const plan::Step& step) = 0;
  /// After the write. `took` is the time of the request alone.
  virtual void acted(const plan::Step& step, base::Millis took) = 0;
  /// Not there yet: what is missing is in the decision's answers.
  virtual void waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) = 0;
  /// The predicate of decision.stage holds.
  virtual void reached(const plan::Decision& decision) = 0;
  virtual void note(std::string_view text) = 0;

  // What not every listener needs.
  /// The mesh is about to be looked at.
  virtual void looking() {}
  /// The mesh was looked at and judged; both are borrowed.
  virtual void looked(const trust::Observation& /*mesh*/, const plan::Decision& /*decision*/) {}
  /// The cluster's objects alone were looked at; there is still something to wait for.
  virtual void glanced(const plan::Decision& /*decision*/) {}
  /// The write was refused, or its answer was lost: it may have been done.
  virtual void failed(const plan::Step& /*step*/, const base::Error& /*error*/) {}
  /// The lease was taken from someone who still held it.
  virtual void tookOver(std::string_view holder) {
    note("the lease was taken over from " + std::string(holder));
  }
};

}  // namespace rotate
