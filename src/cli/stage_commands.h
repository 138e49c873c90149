#pragma once

#include "cli/command.h"

namespace cli {

/// One command for each stage of the document; rotate runs them all.
Command enableMultiRootCommand();
Command addRootCommand();
Command switchSignerCommand();
Command removeOldRootCommand();

}  // namespace cli
