#pragma once

#include "cli/command.h"

namespace cli {

Command rotateCommand();
Command restartCommand();

}  // namespace cli
