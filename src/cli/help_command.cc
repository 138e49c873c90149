#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/help.h"
#include "cli/parse.h"

namespace cli {
namespace {

base::Result<int> runHelp(Context& context, const Options& options) {
  const std::size_t width = context.terminal().out.width();
  if (options.words().empty()) {
    context.print(programHelp(commands(), context.program(), width));
    return 0;
  }
  const std::string& topic = options.words().front();
  if (topic == "options") {
    context.print(optionsHelp(globalOptions(), context.program(), width));
    return 0;
  }
  TRY_ASSIGN(const Command* command, findCommand(topic, commands()));
  context.print(commandHelp(*command, context.program(), width));
  return 0;
}

}  // namespace

Command helpCommand() {
  return {
      .name = "help",
      .group = Group::other,
      .summary = "show help for a command",
      .description = "Without a word: all commands. \"help options\": the options that every command takes.",
      .words = {.name = "COMMAND", .most = 1, .takes = Takes::command, .choices = {"options"}},
      .examples = {{"all about one command", "help rotate"},
                   {"the options that every command takes", "help options"}},
      .run = runHelp};
}

}  // namespace cli
