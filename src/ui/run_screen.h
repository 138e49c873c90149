#pragma once

#include <string>
#include <vector>

#include "ui/run_view.h"
#include "ui/style.h"
#include "ui/symbols.h"
#include "ui/terminal.h"

namespace ui {

/// With what a screen is drawn.
struct Frame {
  Size size;
  Style style{};
  Symbols symbols{};
};

/// A run at this instant, in at most size.height - 1 lines: what fits less is folded, from the least
/// important on. Lines may be wider than the terminal; they lose their end then.
std::vector<std::string> runScreen(const RunView& view, const Frame& frame, base::Millis now);

/// What stays in the scrollback when the run is over: the stages, how long each took, and the last notes.
std::vector<std::string> runSummary(const RunView& view, const Frame& frame, base::Millis now);

}  // namespace ui
