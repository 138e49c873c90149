#include "cli/command_line.h"

#include <string_view>

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

bool needsQuotes(const std::string& word) {
  return word.empty() || word.find_first_of(" \t\n\"'\\$&|;<>()*?`") != std::string::npos;
}

}  // namespace

std::string shownCommandLine(const std::string& program, const std::vector<std::string>& arguments) {
  std::string line = program;
  constexpr std::string_view token = "--token";
  bool tokenNext = false;
  for (const auto& word : arguments) {
    const bool tokenHere = word.starts_with(std::string(token) + "=");
    if (tokenNext) {
      line += std::string(" ") + hidden;
    } else if (tokenHere) {
      line += " " + std::string(token) + "=" + hidden;
    } else {
      const auto shown = withoutUser(word);
      line += needsQuotes(word) ? " '" + shown + "'" : " " + shown;
    }
    tokenNext = !tokenNext && word == token;
  }
  return line;
}

}  // namespace cli
