#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/help.h"

namespace cli {
namespace {

base::Result<int> run(Context& context, const Options& options) {
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
  std::vector<std::string> names{"options"};
  for (const Command& command : commands()) {
    if (command.name == topic) {
      context.print(commandHelp(command, context.program(), width));
      return 0;
    }
    if (!command.hidden) names.emplace_back(command.name);
  }
  const auto close = base::didYouMean(topic, names);
  return base::fail({base::Kind::usage,
                     fmt::format("no help for \"{}\"", topic),
                     {},
                     close ? fmt::format("did you mean \"{}\"?", *close)
                           : fmt::format("\"{} help\" lists the commands", context.program())});
}

}  // namespace

Command helpCommand() {
  return {
      .name = "help",
      .group = Group::other,
      .summary = "show help for a command",
      .description = "Without a word: all commands. \"help options\": the options that every command takes.",
      .words = {.name = "COMMAND", .most = 1, .takes = Takes::command, .choices = {"options"}},
      .run = run};
}

}  // namespace cli
