#pragma once

#include <string>

#include "explore/pool.h"

namespace explore {

/// Whether the model admits what a real mesh did: a trace that was recorded and folded (fold_trace.py), of
/// which each thing that was seen has to be reached from the one before by the model's transitions, for each
/// two neighbours of its proxies. The writes of the CA secret are the trace's own, at any time before they
/// were seen. Empty if it does, else what cannot be reached.
std::string whyNotAdmitted(const std::string& trace, Pool& pool);

}  // namespace explore
