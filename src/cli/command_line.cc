#include "cli/command_line.h"

namespace cli {

namespace {

constexpr const char* hidden = "***";

/// "https://user:password@host" with what stands before the host hidden.
std::string withoutUser(std::string word) {
  const auto scheme = word.find("://");
  if (scheme == std::string::npos) return word;
  const auto end = word.find_first_of("/?#", scheme + 3);
  const auto at = word.substr(0, end).rfind('@');
  if (at == std::string::npos || at < scheme) return word;
  return word.replace(scheme + 3, at - scheme - 3, hidden);
}

std::string quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_of(" \t\n\"'\\$&|;<>()*?`") == std::string::npos;
  return plain ? word : "'" + word + "'";
}

}  // namespace

std::string shownCommandLine(const std::string& program, const std::vector<std::string>& arguments) {
  std::string line = program;
  bool tokenNext = false;
  for (const auto& argument : arguments) {
    std::string word = argument;
    if (tokenNext) word = hidden;
    if (!tokenNext && word.starts_with("--token=")) word = std::string("--token=") + hidden;
    tokenNext = !tokenNext && word == "--token";
    line += " " + (word.ends_with(hidden) ? word : quoted(withoutUser(std::move(word))));
  }
  return line;
}

}  // namespace cli
