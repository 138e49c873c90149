#include "cli/commands.h"
#include "cli/staged.h"

namespace cli {

namespace {

constexpr auto firstUndone = plan::Stage::bothRoots;

/// The stages of the way back, by their names there.
Option untilBackOption() {
  Option option{.name = "until",
                .takes = Takes::choice,
                .value = "STAGE",
                .help = "go no further back than this stage, and say who goes on how",
                .fallback = plan::nameOnTheWayBack(plan::Stage::done)};
  for (auto stage = firstUndone; stage <= plan::Stage::done; stage = plan::Stage(int(stage) + 1))
    option.choices.push_back(plan::nameOnTheWayBack(stage));
  return option;
}

plan::Stage untilOnTheWayBack(const Options& options) {
  for (auto stage = firstUndone; stage < plan::Stage::done; stage = plan::Stage(int(stage) + 1)) {
    if (options.text("until") == plan::nameOnTheWayBack(stage)) return stage;
  }
  return plan::Stage::done;
}

base::Result<int> rollBack(Context& context, const Options& options) {
  Staged staged;
  staged.goal.back = true;
  staged.goal.backTo = options.text("to");
  staged.goal.until = untilOnTheWayBack(options);
  staged.goal.restartWorkloads = options.on("restart-workloads");
  return runStaged(context, options, std::move(staged));
}

}  // namespace

Command rollbackCommand() {
  return {
      .name = "rollback",
      .group = Group::change,
      .summary = "go back to the CA from before, step by proven step",
      .description =
          "From any stage of a rotation back to the CA that was backed up in the cluster before its first "
          "write. The "
          "steps are those of a rotation with the roles exchanged, each behind its gate: the former root is "
          "added where "
          "it is gone, its signer put back with the roots unchanged, every certificate renewed, and the "
          "later root "
          "removed. Secret cacerts stays, with the former CA in it. Can be stopped at any instant and run "
          "again.\n\n"
          "Multi-root stays on. Not possible any more when the backup has been deleted (finish "
          "--delete-old-ca).",
      .options = stagedOptions({{.name = "to",
                                 .takes = Takes::backup,
                                 .value = "SECRET",
                                 .help = "the backup to go back to, if not the last one that was made"},
                                untilBackOption(),
                                {.name = "restart-workloads",
                                 .help = "restart the workloads that need it, in batches, each awaited"}}),
      .examples = {{"see the steps back", "rollback --dry-run"}, {"go back", "rollback --yes"}},
      .run = rollBack};
}

}  // namespace cli
