#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// Something that `explain` explains beside the codes of doctor: a stage, an invariant, an exit code.
struct Topic {
  std::string kind;   // "stage", "invariant", "exit code"
  std::string name;   // "new-leaves", "I3", "124"
  std::string title;  // one line
  /// Paragraphs, each under a label: ("holds when", "every proxy presents ...").
  std::vector<std::pair<std::string, std::string>> parts;
};

/// All of them: stages in their order, the five invariants, the exit codes.
const std::vector<Topic>& topics();

}  // namespace cli
