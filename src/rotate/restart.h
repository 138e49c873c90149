#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "rotate/progress.h"
#include "rotate/world.h"

namespace rotate {

/// Restarts every istiod Deployment, one after the other, and waits until no pod from before is left and all
/// are available. Errors as those of run(); gate or unproven if an istiod that starts now would sign what
/// someone does not accept.
base::Status restartIstiods(World& world, base::Clock& clock, Progress& progress, base::Millis timeout);

/// Restarts the workloads whose proxies run without a setting that the mesh config gives, in batches, each
/// awaited. Kind::gate names proxies that no restart can help.
base::Status restartWorkloads(World& world, base::Clock& clock, Progress& progress, base::Millis timeout);

}  // namespace rotate
