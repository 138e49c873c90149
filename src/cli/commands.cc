#include "cli/commands.h"

namespace cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> table = [] {
    std::vector<Command> rows;
    for (auto row : {statusCommand, planCommand, doctorCommand, verifyCommand}) rows.push_back(row());
    for (auto row : {journalCommand, reportCommand, supportBundleCommand, rehearseCommand})
      rows.push_back(row());
    for (auto row : {rotateCommand, enableMultiRootCommand, addRootCommand, switchSignerCommand,
                     removeOldRootCommand, rollbackCommand, finishCommand, restartCommand}) {
      rows.push_back(row());
    }
    for (auto row : {createCaCommand, checkCaCommand}) rows.push_back(row());
    for (auto row : {explainCommand, completionCommand, helpCommand, versionCommand}) rows.push_back(row());
    for (auto row : {completeCommand, manCommand, parseCommand}) rows.push_back(row());
    return rows;
  }();
  return table;
}

}  // namespace cli
