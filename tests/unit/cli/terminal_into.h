#pragma once

#include <string>
#include <vector>

namespace tests {

struct Outcome {
  int code = -1;
  std::string out, err;
};

/// The whole program in this process, without a terminal, at 2027-01-15T08:00:00Z.
Outcome runProgram(const std::vector<std::string>& arguments, bool fullDisk = false);

/// An observation of tests/data/observations.
inline std::string observationFile(const std::string& name) {
  return std::string(ICA_TEST_DATA) + "/observations/" + name + ".json";
}

}  // namespace tests
