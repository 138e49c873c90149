#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace cli {

/// kubectl-istio-ca(1) in roff's man macros: the same table as the help.
std::string manPage(const std::vector<Command>& commands, const std::vector<Option>& globals);

}  // namespace cli
