#pragma once

#include <string_view>

#include "base/error.h"
#include "plan/plan.h"

namespace rotate {

/// The error for a decision that does not go on: names every blocker. Exit 3 if any says no, else 4, 6 if the
/// API server forbade the reading.
base::Error gateError(const plan::Decision& decision, std::string_view what);

}  // namespace rotate
