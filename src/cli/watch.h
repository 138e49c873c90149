#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "json/value.h"

namespace cli {

/// One look of a command that looks, for --watch.
struct Watched {
  std::string text;      // as the command prints it
  json::Value document;  // the same as -o json; two that differ in `observedAt` or `takenAt` alone are equal
};

/// -w, --watch and --interval.
std::vector<Option> watchOptions();

/// Looks again and again until interrupted (exit code 130, and no error: that is how it ends). On a terminal
/// one screen that is redrawn in place, cut to it while it lasts and whole at the end. Elsewhere, and with -o
/// json and yaml everywhere, what is printed again, when it has changed: text under a line with the time,
/// documents as a stream. An API server that does not answer after the first look is waited for. Usage
/// errors: a saved observation, --wait or --file beside it, an interval below 200 ms.
base::Result<int> watch(Context& context, const Options& options,
                        const std::function<base::Result<Watched>()>& look);

}  // namespace cli
