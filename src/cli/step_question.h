#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/run_progress.h"

namespace cli {

/// What someone said when asked about a step.
struct StepAnswer {
  enum class Choice { yes, no, details };
  Choice choice = Choice::no;
  std::string shown;  // the question and the answer, as they stand on the terminal
};

/// "Do it? [y/N, d shows the requests]". Only y and yes mean yes. Kind::usage where nobody can be asked,
/// Kind::interrupted on Ctrl-C. `redraw` is as for ui::askLine, and gets the question that it is below.
base::Result<StepAnswer> askAboutStep(Context& context, const RunTold& told,
                                      const std::function<void(std::string_view)>& redraw = {});

/// The requests of a step, redacted, or why they cannot be told.
std::string requestsText(const RunTold& told, const plan::Step& step);

}  // namespace cli
