#pragma once

#include <vector>

#include "cli/command.h"

namespace cli {

/// The table of all commands, in the order of the help.
const std::vector<Command>& commands();

/// The rows, each in the file of its command.
Command verifyCommand();
Command createCaCommand();
Command checkCaCommand();
Command statusCommand();
Command planCommand();
Command doctorCommand();
Command rehearseCommand();
Command rotateCommand();
Command enableMultiRootCommand();
Command addRootCommand();
Command switchSignerCommand();
Command removeOldRootCommand();
Command rollbackCommand();
Command finishCommand();
Command journalCommand();
Command restartCommand();
Command explainCommand();
Command reportCommand();
Command supportBundleCommand();
Command versionCommand();
Command helpCommand();
Command completionCommand();
Command completeCommand();
Command manCommand();
Command parseCommand();

}  // namespace cli
