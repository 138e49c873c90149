#include "cli/commands.h"

namespace cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> table = [] {
    std::vector<Command> rows;
    for (auto row : {createCaCommand, checkCaCommand}) rows.push_back(row());
    for (auto row : {completionCommand, helpCommand, versionCommand, completeCommand, manCommand})
      rows.push_back(row());
    return rows;
  }();
  return table;
}

}  // namespace cli
