#include "cli/looking.h"

#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/new_ca.h"
#include "cli/observation_source.h"

namespace cli {

base::Result<plan::Goal> goalOfLooking(Context& context, const Options& options) {
  plan::Goal goal;
  goal.restartWorkloads = true;  // what would be restarted is part of the picture
  goal.until = untilOf(options);
  if (options.has("ca")) {
    TRY_ASSIGN(auto ca, loadCa(options.text("ca"), context.clock().now()));
    goal.newRoot = ca.root;
    goal.newCa = ca.ca;
  }
  return goal;
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
      outputOption({"text", "table", "wide", "json", "yaml", "name"}, "text")};
  for (auto& option : observationOptions()) options.push_back(std::move(option));
  return options;
}

Option untilOption(std::string_view help) {
  Option option{.name = "until", .takes = Takes::choice, .value = "STAGE", .help = help, .fallback = "done"};
  for (auto stage = plan::Stage::multiRoot; stage <= plan::Stage::done; stage = plan::Stage(int(stage) + 1))
    option.choices.push_back(plan::name(stage));
  return option;
}

plan::Stage untilOf(const Options& options) {
  return plan::stageNamed(options.text("until")).value_or(plan::Stage::done);
}

int exitOfLooking(const plan::Decision& decision, bool check, bool no) {
  std::vector<int> codes;
  if (check && no) codes.push_back(base::exitCode(base::Kind::gate));
  for (const auto& blocker : decision.blockers()) {
    if (blocker.forbidden) codes.push_back(base::exitCode(base::Kind::forbidden));
    if (blocker.kind == trust::Blocker::Kind::unproven) codes.push_back(base::exitCode(base::Kind::unproven));
  }
  return combine(codes);
}

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

}  // namespace cli
