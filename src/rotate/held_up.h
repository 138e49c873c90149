#pragma once

#include <vector>

#include "kube/pod_stream.h"
#include "plan/plan.h"
#include "trust/observation.h"

namespace rotate {

/// The pods that a decision waits for and that a refresh of their volumes could help. From the trigger on
/// proxies wait for what istiods load and cannot be named as those that hold it up.
std::vector<kube::PodRef> heldUp(const trust::Observation& mesh, const plan::Decision& decision);

}  // namespace rotate
