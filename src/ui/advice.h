#pragma once

#include <string>
#include <vector>

#include "trust/blocker.h"

namespace ui {

/// What to look at when these have stood in the way for a while: a line for each kind of them, at most
/// `most`.
std::vector<std::string> adviceFor(const trust::Blockers& blockers, std::size_t most = 3);

}  // namespace ui
