#pragma once

#include <string>

#include "trust/observation.h"

namespace ui {

/// When certificates end, as bars: CAs on a scale of years, leaves by workload on one of hours, the soonest
/// first.
std::string htmlTimeline(const trust::Observation& mesh);

}  // namespace ui
