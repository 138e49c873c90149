#pragma once

#include "base/clock.h"

namespace base {

/// While it lives, an interrupt comes by itself once this time has passed: for what must keep nobody waiting.
/// Once catchInterrupts was called.
class InterruptAfter {
 public:
  explicit InterruptAfter(Millis time);
  ~InterruptAfter();
  InterruptAfter(const InterruptAfter&) = delete;
  InterruptAfter& operator=(const InterruptAfter&) = delete;
};

}  // namespace base
