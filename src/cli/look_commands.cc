#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/new_ca.h"
#include "cli/observation_source.h"
#include "cli/watch.h"
#include "ui/decision_report.h"
#include "ui/output.h"

namespace cli {

namespace {

/// What the user has already chosen, as far as looking needs it: no key is read.
base::Result<plan::Goal> goalOf(Context& context, const Options& options) {
  plan::Goal goal;
  goal.restartWorkloads = true;  // what would be restarted is part of the picture
  if (options.has("ca")) {
    TRY_ASSIGN(auto ca, loadCa(options.text("ca"), context.clock().now()));
    goal.newRoot = ca.root;
    goal.newCa = ca.ca;
  }
  return goal;
}

/// The command that takes the step that is due.
std::string nextCommand(const plan::Decision& decision, const std::string& program) {
  if (decision.kind == plan::Decision::Kind::done) return "";
  switch (decision.towards) {
    case plan::Stage::selfSigned:
    case plan::Stage::multiRoot:
      return program + " enable-multi-root --restart-workloads";
    case plan::Stage::bothRoots:
      return program +
             (decision.target.newRoot ? " add-root --root FILE" : " create-ca --out DIR --name NAME");
    case plan::Stage::newSigner:
      return program + " switch-signer --ca DIR";
    case plan::Stage::newLeaves:
      return program + " switch-signer";
    case plan::Stage::oldRootRemoved:
    case plan::Stage::done:
      return program + " remove-old-root";
  }
  return "";
}

bool anyUnproven(const plan::Decision& decision) {
  for (const auto& blocker : decision.blockers()) {
    if (blocker.kind == trust::Blocker::Kind::unproven) return true;
  }
  return false;
}

int exitOf(const plan::Decision& decision, bool check, bool no) {
  if (check && no) return base::exitCode(base::Kind::gate);
  return anyUnproven(decision) ? base::exitCode(base::Kind::unproven) : 0;
}

std::string renderAs(const std::string& format, const json::Value& document, const std::string& text) {
  return format == "json" ? ui::renderJson(document) : format == "yaml" ? ui::renderYaml(document) : text;
}

/// A look of `status`.
struct StatusLook {
  json::Value document;
  std::string text;
  plan::Decision decision;
};

base::Result<StatusLook> lookAtStatus(Context& context, const Options& options, const plan::Goal& goal) {
  TRY_ASSIGN(const auto mesh, observationFrom(context, options));
  TRY_ASSIGN(auto decision, plan::next(mesh, goal, context.rules()));
  trust::Judge judge(mesh);
  const ui::StatusReport report{mesh, decision, trust::invariants(judge),
                                nextCommand(decision, context.program())};
  const auto& out = context.terminal().out;
  StatusLook look{ui::statusJson(report), ui::statusText(report, out.style(), out.tableWidth()), {}};
  look.decision = std::move(decision);
  return look;
}

base::Result<int> status(Context& context, const Options& options) {
  TRY_ASSIGN(const auto goal, goalOf(context, options));
  const auto format = options.text("output");
  if (options.on("watch")) {
    return watch(context, options, [&]() -> base::Result<Watched> {
      TRY_ASSIGN(const auto look, lookAtStatus(context, options, goal));
      return Watched{renderAs(format, look.document, look.text), look.document};
    });
  }
  TRY_ASSIGN(const auto look, lookAtStatus(context, options, goal));
  context.print(renderAs(format, look.document, look.text));
  return exitOf(look.decision, options.on("check"), look.decision.kind != plan::Decision::Kind::done);
}

base::Result<int> showPlan(Context& context, const Options& options) {
  TRY_ASSIGN(auto goal, goalOf(context, options));
  TRY_ASSIGN(const auto mesh, observationFrom(context, options));
  TRY_ASSIGN(const auto decision, plan::next(mesh, goal, context.rules()));
  TRY_ASSIGN(const auto steps, plan::stepsLeft(mesh, goal, context.rules()));
  const ui::PlanReport report{decision, steps};
  const auto& out = context.terminal().out;
  context.print(renderAs(options.text("output"), ui::planJson(report),
                         ui::planText(report, out.style(), out.tableWidth())));
  return exitOf(decision, options.on("check"), decision.missing() != nullptr);
}

std::vector<Option> lookOptions(std::string_view checkHelp) {
  std::vector<Option> options{
      {.name = "ca",
       .takes = Takes::directory,
       .value = "DIR",
       .help = "the new CA, where the mesh does not hold its root yet"},
      {.name = "check", .help = checkHelp},
      {.name = "prove-signers",
       .help = "ask each istiod for a certificate for a throwaway key, which shows its "
               "signer and the roots that it hands out; needs create on "
               "serviceaccounts/token"},
      outputOption({"text", "json", "yaml"}, "text")};
  for (auto& option : observationOptions()) options.push_back(std::move(option));
  return options;
}

}  // namespace

Command statusCommand() {
  Command command{
      .name = "status",
      .group = Group::look,
      .summary = "show where the mesh stands in the rotation",
      .description =
          "Reads the CA secrets, every istiod, every proxy and the trust distribution, and says which stage "
          "holds, what is missing for the next one, and the next command. Changes nothing.",
      .options = lookOptions("exit with 3 unless the rotation is done"),
      .examples = {{"where the mesh stands", "status"},
                   {"follow a rotation from another terminal", "status --watch"},
                   {"for a script", "status -o json --check"}},
      .run = status};
  for (const Option& option : watchOptions()) command.options.push_back(option);
  return command;
}

Command planCommand() {
  return {
      .name = "plan",
      .group = Group::look,
      .summary = "show the steps left and what blocks them now",
      .description =
          "Lists the steps that rotate would take from here, what each changes, and what stands in the way "
          "of the first one on the mesh as it is. Changes nothing.",
      .options = lookOptions("exit with 3 if something blocks the next step"),
      .examples = {{"what rotate would do", "plan --ca certs/intermediate"}},
      .run = showPlan};
}

}  // namespace cli
