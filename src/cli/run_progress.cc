#include "cli/run_progress.h"

#include <fmt/format.h>

#include "ui/prompt.h"

namespace cli {

RunProgress::RunProgress(Context& context, bool yes)
    : context_(context), yes_(yes), progress_(ui::makeProgress(context.terminal().err, context.clock())) {}

base::Result<bool> RunProgress::confirm(const plan::Step& step, const plan::Decision& decision) {
  if (yes_) return true;
  std::string question = fmt::format("\nNext: {}\n  effect: {}\n", step.title, step.effect);
  for (const auto& answer : decision.answers) {
    question += fmt::format("  proven: {} ({} of {})\n", answer.predicate, answer.holds, answer.of);
  }
  context_.say(question);
  return ui::confirm(context_.terminal(), "Do it?", "pass --yes to go on without being asked");
}

base::Status RunProgress::acting(const plan::Step& step) {
  progress_->started(step.title);
  return {};
}

void RunProgress::acted(const plan::Step&, base::Millis) {}

void RunProgress::waiting(const plan::Decision& decision, base::Millis, base::Millis) {
  const auto* missing = decision.missing();
  if (!missing) return;
  ui::Waiting state{missing->predicate, missing->holds, missing->of, {}};
  for (const auto& blocker : missing->blockers)
    state.missing.push_back(blocker.subject + ": " + blocker.what);
  progress_->waiting(state);
}

void RunProgress::reached(const plan::Decision& decision) {
  progress_->done(fmt::format("stage {} reached", decision.nameOf(decision.stage)));
}

void RunProgress::note(std::string_view text) {
  progress_->note(text);
}

}  // namespace cli
