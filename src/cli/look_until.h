#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "cli/context.h"
#include "cli/looking.h"
#include "cli/options.h"
#include "ui/progress.h"

namespace cli {

/// What --wait waits with: how to look, and what is still missing (nullopt: nothing, or waiting cannot help).
template <class Seen>
struct Looks {
  std::function<base::Result<Seen>()> look;
  std::function<std::optional<ui::Waiting>(const Seen&)> missing;
};

template <class Seen>
struct LookedUntil {
  Seen seen;
  std::optional<ui::Waiting> missing{};  // --timeout is over and this is still missing
};

/// One look; with --wait as many as it takes until nothing is missing, or --timeout is over. An API server
/// that does not answer is waited for too.
template <class Seen>
base::Result<LookedUntil<Seen>> lookUntil(Context& context, const Options& options,
                                          const Looks<Seen>& looks) {
  base::Clock& clock = context.clock();
  const bool waits = options.on("wait");
  const auto deadline = clock.elapsed() + options.duration("timeout");
  std::unique_ptr<ui::Progress> progress;
  while (true) {
    auto seen = looks.look();
    const bool late = clock.elapsed() >= deadline;
    const bool silent = !seen && seen.error().kind == base::Kind::unavailable;
    if (!seen && !(waits && silent && !late)) return base::fail(seen.error());
    if (!progress && waits) progress = ui::makeProgress(context.terminal().err, clock);
    if (silent) {
      progress->note(base::describe(seen.error()));
    } else {
      auto missing = waits ? looks.missing(*seen) : std::nullopt;
      if (!missing) return LookedUntil<Seen>{*std::move(seen)};
      if (late) return LookedUntil<Seen>{*std::move(seen), std::move(missing)};
      progress->waiting(*missing);
    }
    TRY(clock.pause(std::min(lookInterval, std::max(deadline - clock.elapsed(), base::Millis{0}))));
  }
}

/// A predicate that does not hold yet, as what is waited for.
ui::Waiting waitingFor(const trust::Answer& missing);

/// The error of a wait that has gone on for --timeout.
base::Error notWithin(const Options& options, std::string_view what, const ui::Waiting& missing,
                      std::string hint);

/// --wait and --timeout.
std::vector<Option> waitOptions(std::string_view help);
/// Kind::usage where what is looked at is a file.
base::Status checkWait(const Options& options);

}  // namespace cli
