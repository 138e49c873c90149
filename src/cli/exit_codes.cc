#include "cli/exit_codes.h"

#include <algorithm>

namespace cli {

const std::vector<ExitCode>& exitCodes() {
  static const std::vector<ExitCode> codes{
      {0, "done, or what was asked for holds"},
      {1, "failed"},
      {2, "wrong command line or input file"},
      {3, "no: a gate or a check does not hold; nothing was changed after that"},
      {4, "unproven: something that the answer depends on could not be read"},
      {5, "an installation or configuration that is not supported"},
      {6, "the API server refused: not logged in or not permitted"},
      {124, "what was waited for did not hold within --timeout"},
      {130, "interrupted"},
  };
  return codes;
}

int combine(const std::vector<int>& codes) {
  for (int code : {2, 130, 6, 5, 1, 124, 3, 4}) {
    if (std::find(codes.begin(), codes.end(), code) != codes.end()) return code;
  }
  return 0;
}

}  // namespace cli
