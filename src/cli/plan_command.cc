#include "cli/commands.h"
#include "cli/context.h"
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

base::Result<int> showPlan(Context& context, const Options& options) {
  TRY_ASSIGN(auto goal, goalOfLooking(context, options));
  TRY_ASSIGN(const auto mesh, observationFrom(context, options));
  TRY_ASSIGN(const auto decision, plan::next(mesh, goal, context.rules()));
  TRY_ASSIGN(const auto steps, plan::stepsLeft(mesh, goal, context.rules()));
  const ui::PlanReport report{decision, steps};
  printAs(context, options,
          {.document = [&] { return ui::planJson(report); },
           .names = [&] { return namesOf(steps); },
           .text = [&](const ui::Stream& out) { return ui::planText(report, out.style(), out.tableWidth()); },
           .table = [&](bool wide) { return ui::stepTable(steps, wide); }});
  return exitOfLooking(decision, options.on("check"), decision.missing() != nullptr);
}

}  // namespace

Command planCommand() {
  auto options = lookOptions("exit with 3 if something blocks the next step");
  options.push_back(untilOption("only the steps up to this stage"));
  return {
      .name = "plan",
      .group = Group::look,
      .summary = "show the steps left and what blocks them now",
      .description =
          "Lists the steps that rotate would take from here, what each changes, and what stands in the way "
          "of the first one on the mesh as it is. Changes nothing.",
      .options = std::move(options),
      .examples = {{"what rotate would do", "plan --ca certs/intermediate"},
                   {"the same as one row a step, with what each changes", "plan -o wide"}},
      .run = showPlan};
}

}  // namespace cli
