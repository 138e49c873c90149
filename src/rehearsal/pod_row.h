#pragma once

#include <string>

#include "base/clock.h"
#include "json/value.h"

namespace rehearsal {

/// What kubectl shows of a pod: "2/2", "Running", "1 (5m ago)".
struct PodRow {
  std::string ready, status, restarts;
};

/// As kubernetes: pkg/printers/internalversion/printers.go, printPod.
PodRow podRow(const json::Value& pod, base::Time now);

}  // namespace rehearsal
