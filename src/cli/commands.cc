#include "cli/commands.h"

namespace cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> table{
      helpCommand(), completionCommand(), versionCommand(), completeCommand(), manCommand(),
  };
  return table;
}

}  // namespace cli
