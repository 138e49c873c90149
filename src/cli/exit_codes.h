#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"

namespace cli {

struct ExitCode {
  int code;
  std::string_view meaning;
};

/// What the exit codes mean, for --help and the man page. They are the same in every output format.
const std::vector<ExitCode>& exitCodes();

/// The one to end with when several apply: 2, 130, 6, 5, 1, 124, 3, 4, the first that fits; 0 if none does.
int combine(const std::vector<int>& codes);

}  // namespace cli
