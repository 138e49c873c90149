#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/look_until.h"
#include "cli/looking.h"
#include "cli/observation_source.h"
#include "cli/print.h"
#include "cli/watch.h"
#include "trust/expiry.h"
#include "ui/decision_report.h"
#include "ui/expiry_report.h"
#include "ui/stage_table.h"

namespace cli {

namespace {

/// What a look has brought: the decision, or why none can be made although the mesh was read.
struct Looked {
  trust::Observation mesh;
  plan::Decision decision;
  std::optional<base::Error> undecided;
};

/// Who may not read the secrets still sees all that does not depend on them.
base::Result<Looked> look(Context& context, const Options& options, const plan::Goal& goal) {
  TRY_ASSIGN(auto mesh, observationFrom(context, options));
  auto decision = plan::next(mesh, goal, context.rules());
  if (decision) return Looked{std::move(mesh), *std::move(decision), std::nullopt};
  const auto kind = decision.error().kind;
  if (kind != base::Kind::unproven && kind != base::Kind::forbidden) return base::fail(decision.error());
  return Looked{std::move(mesh), {}, decision.error()};
}

ui::Waiting stageWaiting(const Looked& looked) {
  if (looked.undecided) return {base::describe(*looked.undecided)};
  const auto* missing = looked.decision.missing();
  if (!missing) return {looked.decision.step ? "next: " + looked.decision.step->title : "the next step"};
  return waitingFor(*missing);
}

bool reached(const Looked& looked) {
  return !looked.undecided && looked.decision.kind == plan::Decision::Kind::done;
}

/// Someone else moves the mesh there meanwhile. Who is forbidden to look need not wait.
std::optional<ui::Waiting> stageMissing(const Looked& looked) {
  const bool forbidden = looked.undecided && looked.undecided->kind == base::Kind::forbidden;
  if (reached(looked) || forbidden) return std::nullopt;
  return stageWaiting(looked);
}

int exitOf(const Looked& looked, const Options& options, bool warned) {
  std::vector<int> codes;
  if (warned) codes.push_back(base::exitCode(base::Kind::gate));
  if (looked.undecided) codes.push_back(base::exitCode(looked.undecided->kind));
  if (looked.undecided && options.on("check")) codes.push_back(base::exitCode(base::Kind::gate));
  if (!looked.undecided)
    codes.push_back(exitOfLooking(looked.decision, options.on("check"), !reached(looked)));
  return combine(codes);
}

/// A look, ready to be printed.
struct Shown {
  std::string text;
  json::Value document;
  std::vector<trust::InUse> expiring;
};

Shown show(Context& context, const Options& options, const Looked& looked) {
  const bool warns = options.has("warn-before");
  const auto before = std::chrono::duration_cast<base::Seconds>(options.duration("warn-before"));
  Shown shown;
  if (warns) shown.expiring = trust::expiring(looked.mesh, before);
  trust::Judge judge(looked.mesh);
  ui::StatusReport report{looked.mesh, looked.decision, trust::invariants(judge),
                          looked.undecided ? "" : nextCommand(looked.decision, context.program())};
  report.undecided = looked.undecided;
  if (warns) report.expiring = shown.expiring;
  shown.document = ui::statusJson(report);
  const std::string stage(looked.undecided ? "unknown" : looked.decision.nameOf(looked.decision.stage));
  shown.text = renderAs(
      context, options,
      {.document = [&] { return shown.document; },
       .names = [&] { return std::vector<std::string>{"stage/" + stage}; },
       .text = [&](const ui::Stream& out) { return ui::statusText(report, out.style(), out.tableWidth()); },
       .table = [&](bool wide) { return ui::stageTable(looked.decision, wide); }});
  return shown;
}

/// What tables and names have no room for.
void sayTheRest(Context& context, const Options& options, const Looked& looked, const Shown& shown) {
  const auto format = options.text("output");
  if (format == "text" || format == "json" || format == "yaml") return;
  if (looked.undecided) ui::printWarning(context.terminal().err, base::describe(*looked.undecided));
  if (!shown.expiring.empty())
    context.say(ui::expiryText(shown.expiring, looked.mesh.takenAt, ui::Style(), 0));
}

base::Result<int> status(Context& context, const Options& options) {
  TRY(checkWait(options));
  TRY_ASSIGN(const auto goal, goalOfLooking(context, options));
  if (options.on("watch")) {
    return watch(context, options, [&]() -> base::Result<Watched> {
      TRY_ASSIGN(const auto looked, look(context, options, goal));
      auto shown = show(context, options, looked);
      return Watched{std::move(shown.text), std::move(shown.document)};
    });
  }
  const Looks<Looked> looks{[&] { return look(context, options, goal); }, stageMissing};
  TRY_ASSIGN(const auto last, lookUntil(context, options, looks));
  const auto& looked = last.seen;
  const auto shown = show(context, options, looked);
  context.print(shown.text);
  sayTheRest(context, options, looked, shown);
  if (!last.missing) return exitOf(looked, options, !shown.expiring.empty());
  return base::fail(notWithin(options, "stage " + options.text("until") + " is not reached", *last.missing,
                              "raise --timeout, or see: " + context.program() + " plan"));
}

}  // namespace

Command statusCommand() {
  auto options = lookOptions("exit with 3 unless the rotation is done (with --until: that stage is reached)");
  options.push_back(untilOption("the stage that --check and --wait are about"));
  for (auto& option : waitOptions("wait until that stage is reached, by whoever is at it"))
    options.push_back(std::move(option));
  options.push_back(
      {.name = "warn-before",
       .takes = Takes::duration,
       .value = "DURATION",
       .help = "name the certificates that end before this time is over, and exit with 3 if there are "
               "any; of those that renew themselves, the ones that have not"});
  for (auto& option : watchOptions()) options.push_back(std::move(option));
  return {
      .name = "status",
      .group = Group::look,
      .summary = "show where the mesh stands in the rotation",
      .description =
          "Reads the CA secrets, every istiod, every proxy and the trust distribution, and says which stage "
          "holds, what is missing for the next one, and the next command. Changes nothing.\n\n"
          "Without permission to read secrets it says what can be said without them, and exits with 6.",
      .options = std::move(options),
      .examples = {{"where the mesh stands", "status"},
                   {"follow a rotation from another terminal", "status --watch"},
                   {"for a script", "status -o json --check"},
                   {"the stage alone", "status -o name"},
                   {"in a cron job", "status --warn-before 30d -o name"},
                   {"wait for what somebody else is doing", "status --wait --until new-leaves --timeout 1h"}},
      .run = status};
}

}  // namespace cli
