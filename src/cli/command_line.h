#pragma once

#include <string>
#include <vector>

namespace cli {

/// The command as it may be shown and kept: one line, a token's value and a server's user hidden.
std::string shownCommandLine(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace cli
