#include "cli/run_progress.h"

#include <fmt/format.h>

#include "cli/live_run.h"
#include "cli/step_question.h"
#include "ui/progress.h"

namespace cli {
namespace {

/// The run as lines, in the order of the events.
class PlainRun final : public RunProgress {
 public:
  PlainRun(Context& context, RunTold told)
      : context_(context),
        told_(std::move(told)),
        progress_(ui::makePlainProgress(context.terminal().err, context.clock())) {}

  base::Result<bool> confirm(const plan::Step& step, const plan::Decision& decision) override {
    if (told_.yes) return true;
    std::string about = fmt::format("\nNext: {}\n  what changes: {}\n", step.title, step.effect);
    for (const auto& answer : decision.answers) {
      about += fmt::format("  proven: {} ({} of {})\n", answer.predicate, answer.holds, answer.of);
    }
    context_.terminal().err.write(about);
    while (true) {
      TRY_ASSIGN(const StepAnswer answer, askAboutStep(context_, told_));
      if (answer.choice != StepAnswer::Choice::details) return answer.choice == StepAnswer::Choice::yes;
      context_.terminal().err.write(requestsText(told_, step));
    }
  }
  base::Status acting(const plan::Step& step) override {
    progress_->started(step.title);
    return {};
  }
  void acted(const plan::Step&, base::Millis) override {}
  void waiting(const plan::Decision& decision, base::Millis, base::Millis) override {
    const auto* missing = decision.missing();
    if (!missing) return;
    ui::Waiting state{missing->predicate, missing->holds, missing->of, {}};
    for (const auto& blocker : missing->blockers)
      state.missing.push_back(blocker.subject + ": " + blocker.what);
    progress_->waiting(state);
  }
  void reached(const plan::Decision& decision) override {
    progress_->done(fmt::format("stage {} reached", decision.nameOf(decision.stage)));
  }
  void note(std::string_view text) override { progress_->note(text); }
  void finish(bool) override {}

 private:
  Context& context_;
  RunTold told_;
  std::unique_ptr<ui::Progress> progress_;
};

}  // namespace

std::unique_ptr<RunProgress> makeRunProgress(Context& context, RunTold told) {
  const auto& err = context.terminal().err;
  if (err.canRedraw() && !err.quiet() && !context.traces() && !told.plain)
    return std::make_unique<LiveRun>(context, std::move(told));
  return std::make_unique<PlainRun>(context, std::move(told));
}

}  // namespace cli
