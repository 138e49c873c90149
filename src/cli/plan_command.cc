#include "cli/commands.h"
#include "cli/context.h"
#include "cli/look_until.h"
#include "cli/looking.h"
#include "cli/observation_source.h"
#include "cli/print.h"
#include "ui/decision_report.h"
#include "ui/stage_table.h"

namespace cli {

namespace {

/// "stage/both-roots" for each stage that is left, once.
std::vector<std::string> namesOf(const std::vector<plan::Step>& steps) {
  std::vector<std::string> names;
  for (const auto& step : steps) {
    const auto name = "stage/" + std::string(plan::name(step.towards));
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

struct Planned {
  plan::Decision decision;
  std::vector<plan::Step> steps;
};

/// What is blocked or forbidden does not change by waiting for it.
std::optional<ui::Waiting> stepMissing(const Planned& planned) {
  const auto* missing = planned.decision.missing();
  if (!missing || planned.decision.kind == plan::Decision::Kind::blocked) return std::nullopt;
  if (exitOfLooking(planned.decision, false, false) == base::exitCode(base::Kind::forbidden))
    return std::nullopt;
  return waitingFor(*missing);
}

base::Result<int> showPlan(Context& context, const Options& options) {
  TRY(checkWait(options));
  TRY_ASSIGN(auto goal, goalOfLooking(context, options));
  const Looks<Planned> looks{[&]() -> base::Result<Planned> {
                               TRY_ASSIGN(const auto mesh, observationFrom(context, options));
                               TRY_ASSIGN(auto decision, plan::next(mesh, goal, context.rules()));
                               TRY_ASSIGN(auto steps, plan::stepsLeft(mesh, goal, context.rules()));
                               return Planned{std::move(decision), std::move(steps)};
                             },
                             stepMissing};
  TRY_ASSIGN(const auto last, lookUntil(context, options, looks));
  const auto& decision = last.seen.decision;
  const auto& steps = last.seen.steps;
  const ui::PlanReport report{decision, steps};
  printAs(context, options,
          {.document = [&] { return ui::planJson(report); },
           .names = [&] { return namesOf(steps); },
           .text = [&](const ui::Stream& out) { return ui::planText(report, out.style(), out.tableWidth()); },
           .table = [&](bool wide) { return ui::stepTable(steps, wide); }});
  if (last.missing)
    return base::fail(notWithin(options, "the next step is not due", *last.missing, "raise --timeout"));
  return exitOfLooking(decision, options.on("check"), decision.missing() != nullptr);
}

}  // namespace

Command planCommand() {
  auto options = lookOptions("exit with 3 if something blocks the next step");
  options.push_back(untilOption("only the steps up to this stage"));
  for (auto& option : waitOptions("wait until nothing stands in the way of the next step"))
    options.push_back(std::move(option));
  return {
      .name = "plan",
      .group = Group::look,
      .summary = "show the steps left and what blocks them now",
      .description =
          "Lists the steps that rotate would take from here, what each changes, and what stands in the way "
          "of the first one on the mesh as it is. Changes nothing.",
      .options = std::move(options),
      .examples = {{"what rotate would do", "plan --ca certs/intermediate"},
                   {"the same as one row a step, with what each changes", "plan -o wide"},
                   {"before the next command of a runbook", "plan --wait --check --timeout 10m"}},
      .run = showPlan};
}

}  // namespace cli
