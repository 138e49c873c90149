#include "cli/live_run.h"

#include <fmt/format.h>

#include "cli/step_question.h"

namespace cli {
namespace {

constexpr base::Millis redrawInterval{200};

}  // namespace

LiveRun::LiveRun(Context& context, RunTold told)
    : context_(context),
      told_(std::move(told)),
      story_(told_.command, told_.goal, told_.staged, context.clock().elapsed()),
      painter_(context.terminal().err) {
  echoOff_.emplace();
  beat_ = std::make_unique<ui::Beat>(redrawInterval, [this] { draw(); });
}

LiveRun::~LiveRun() {
  finish(false);
}

void LiveRun::draw() {
  const std::lock_guard lock(mutex_);
  if (story_.view().phase == ui::RunView::Phase::asking) return;  // someone is typing below it
  paint();
}

void LiveRun::paint() {
  painter_.show(ui::runScreen(story_.view(), frame(), context_.clock().elapsed()));
}

ui::Frame LiveRun::frame() const {
  return {stream().size(), stream().style(), stream().symbols()};
}

base::Result<bool> LiveRun::confirm(const plan::Step& step, const plan::Decision& decision) {
  if (told_.yes) return true;
  const std::lock_guard lock(mutex_);
  story_.asking(step, decision, context_.clock().elapsed());
  echoOff_.reset();
  auto answer = ask(step);
  echoOff_.emplace();
  story_.idle();
  return answer;
}

base::Result<bool> LiveRun::ask(const plan::Step& step) {
  while (true) {
    paint();
    TRY_ASSIGN(const StepAnswer answer, askAboutStep(context_, told_, [&](std::string_view question) {
                 painter_.wroteBelow(question);
                 paint();
               }));
    painter_.wroteBelow(answer.shown);
    if (answer.choice != StepAnswer::Choice::details) return answer.choice == StepAnswer::Choice::yes;
    painter_.clear();
    stream().write(requestsText(told_, step));
  }
}

base::Status LiveRun::acting(const plan::Step& step) {
  const std::lock_guard lock(mutex_);
  story_.writing(step, context_.clock().elapsed());
  return {};
}

void LiveRun::acted(const plan::Step&, base::Millis) {
  const std::lock_guard lock(mutex_);
  story_.wrote(context_.clock().elapsed());
}

void LiveRun::failed(const plan::Step&, const base::Error&) {
  const std::lock_guard lock(mutex_);
  story_.idle();
}

void LiveRun::waiting(const plan::Decision& decision, base::Millis since, base::Millis timeout) {
  const std::lock_guard lock(mutex_);
  story_.waiting(decision, since, timeout, context_.clock().elapsed());
}

void LiveRun::reached(const plan::Decision& decision) {
  const std::lock_guard lock(mutex_);
  story_.reached(decision, context_.clock().elapsed());
}

void LiveRun::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  story_.note(text, context_.clock().now());
}

void LiveRun::looking() {
  const std::lock_guard lock(mutex_);
  requestsBefore_ = context_.requests();
  story_.looking(context_.clock().elapsed());
}

void LiveRun::looked(const trust::Observation& mesh, const plan::Decision& decision) {
  const std::lock_guard lock(mutex_);
  story_.looked(mesh, decision, context_.requests() - requestsBefore_, context_.clock().elapsed());
}

void LiveRun::glanced(const plan::Decision& decision) {
  const std::lock_guard lock(mutex_);
  story_.glanced(decision, context_.clock().elapsed());
}

void LiveRun::finish(bool atGoal) {
  if (over_) return;
  over_ = true;
  beat_.reset();
  const base::Millis now = context_.clock().elapsed();
  story_.ended(atGoal, now);
  painter_.clear();
  std::string text;
  for (const auto& line : ui::runSummary(story_.view(), frame(), now)) text += line + "\n";
  stream().talk(text);
  echoOff_.reset();
}

}  // namespace cli
