#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace cli {

/// kubectl-istio-ca(1) in roff's man macros: the same table as the help.
std::string manPage(const std::vector<Command>& commands, const std::vector<Option>& globals);
/// kubectl-istio-ca-COMMAND(1).
std::string manPage(const Command& command);
/// "kubectl-istio-ca-rotate"; of the program without a command.
std::string manPageName(std::string_view command = {});

}  // namespace cli
