#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/context.h"
#include "cli/options.h"
#include "plan/plan.h"

namespace cli {

/// What the user has already chosen, as far as looking needs it (--ca); no key is read.
base::Result<plan::Goal> goalOfLooking(Context& context, const Options& options);

/// --ca, --check, --prove-signers, -o and where the observation comes from: what status and plan share.
std::vector<Option> lookOptions(std::string_view checkHelp);
/// --until STAGE: the stage that is meant, done where it is not given.
Option untilOption(std::string_view help);
plan::Stage untilOf(const Options& options);

/// How often --wait looks again.
constexpr base::Millis lookInterval{2000};

/// 0, or 4 if something that the decision depends on could not be read (6: is forbidden); 3 with `check` and
/// `no`.
int exitOfLooking(const plan::Decision& decision, bool check, bool no);

/// The command that takes the step that is due; empty when there is none.
std::string nextCommand(const plan::Decision& decision, const std::string& program);

}  // namespace cli
