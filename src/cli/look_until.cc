#include "cli/look_until.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cli/global_options.h"

namespace cli {

ui::Waiting waitingFor(const trust::Answer& missing) {
  ui::Waiting state{missing.predicate, missing.holds, missing.of, {}};
  for (const auto& blocker : missing.blockers) state.missing.push_back(blocker.subject + ": " + blocker.what);
  return state;
}

base::Error notWithin(const Options& options, std::string_view what, const ui::Waiting& missing,
                      std::string hint) {
  return {base::Kind::timedOut, fmt::format("{} within {}: {}", what, options.text("timeout"), missing.what),
          base::join(missing.missing, "; "), std::move(hint)};
}

std::vector<Option> waitOptions(std::string_view help) {
  return {{.name = "wait", .help = help}, timeoutOption()};
}

base::Status checkWait(const Options& options) {
  if (!options.on("wait")) return {};
  if (!options.has("observation") && !options.has("save-observation")) return {};
  return base::fail({base::Kind::usage, "--wait does not go with a saved observation",
                     "a file does not change", "leave one of them out"});
}

}  // namespace cli
