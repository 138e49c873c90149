#pragma once

#include <vector>

#include "plan/plan.h"
#include "rotate/entry.h"
#include "trust/observation.h"

namespace rotate {

Named named(const pki::Certificate& certificate);
std::vector<Named> named(const trust::Certificates& certificates);

/// What is remembered of an observation and its judgement.
MeshState stateOf(const trust::Observation& mesh, const plan::Decision& decision);
/// What was asked for a decision, each once.
std::vector<Proven> provenBy(const std::vector<trust::Answer>& answers);

}  // namespace rotate
