#pragma once

#include <functional>
#include <memory>
#include <string>

#include "cli/context.h"
#include "plan/plan.h"
#include "rotate/progress.h"

namespace cli {

/// What is known about a run before it begins.
struct RunTold {
  std::string command;  // "rotate"
  plan::Goal goal{};
  bool staged = true;  // it goes through stages (restart does not)
  bool yes = false;    // nothing is asked
  bool plain = false;  // lines on a terminal too
  /// The very requests of a step, redacted, for those who want to see them before they say yes; may be empty.
  std::function<base::Result<std::string>(const plan::Step&)> requests{};
};

/// Tells a run on standard error and asks before each step.
class RunProgress : public rotate::Progress {
 public:
  /// The run is over: what has to stay of it is printed, and standard error is free for others. To be called
  /// before anything else is printed; without it the destructor does it, as for a run that stopped.
  virtual void finish(bool atGoal) = 0;
};

/// On a terminal one screen that is redrawn in place; without one, or where that is not possible (TERM=dumb),
/// or with -v, a line with the time for each event. `context` is borrowed.
std::unique_ptr<RunProgress> makeRunProgress(Context& context, RunTold told);

}  // namespace cli
