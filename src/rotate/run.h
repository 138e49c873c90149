#pragma once

#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "plan/plan.h"
#include "rotate/progress.h"
#include "rotate/world.h"
#include "trust/observation.h"

namespace rotate {

/// A whole look at the mesh that was taken before.
struct Look {
  trust::Observation mesh;
  base::Millis at{};  // by the run's clock, when it ended
};

struct RunOptions {
  plan::Goal goal;
  /// The first stage that this command works towards: an earlier one that is not reached is a gate that says
  /// no.
  plan::Stage from = plan::Stage::multiRoot;
  plan::Rules rules;
  bool wait = false;              // for a gate that does not hold before the first write
  base::Millis timeout{300'000};  // for each arrival
  std::optional<Look> before;     // counts as the first of the two looks that a step needs
};

/// Runs the steps left up to the goal, each on a fresh observation whose gate holds, and waits for each
/// change to have arrived. Can be stopped at any instant and run again. Gives the last decision (Kind::done).
/// Errors: gate or unproven (with the blockers by name), timedOut (what is missing), interrupted, forbidden,
/// usage (the user said no, or could not be asked), unsupported, and those of the API.
base::Result<plan::Decision> run(World& world, base::Clock& clock, Progress& progress, RunOptions options);

}  // namespace rotate
