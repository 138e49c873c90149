#include "cli/commands.h"

namespace cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> table{
      helpCommand(),
      versionCommand(),
  };
  return table;
}

}  // namespace cli
