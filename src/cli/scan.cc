#include <algorithm>

#include "cli/parse.h"

namespace cli {
namespace {

const Option* findLong(const std::vector<const Option*>& options, std::string_view name) {
  auto found = std::find_if(options.begin(), options.end(), [&](const Option* o) { return o->name == name; });
  return found == options.end() ? nullptr : *found;
}

const Option* findLetter(const std::vector<const Option*>& options, char letter) {
  auto found =
      std::find_if(options.begin(), options.end(), [&](const Option* o) { return o->letter == letter; });
  return found == options.end() ? nullptr : *found;
}

/// Splits "-Av" "-nNS" "-n=NS" into one option a word. Returns the last one if it still wants its value.
const Option* splitLetters(std::string_view word, const std::vector<const Option*>& options,
                           std::vector<std::string>& out) {
  for (std::size_t i = 1; i < word.size(); ++i) {
    const Option* option = findLetter(options, word[i]);
    if (option == nullptr) {  // left whole: the strict parser will name it
      out.push_back("-" + std::string(word.substr(i)));
      return nullptr;
    }
    out.push_back({'-', word[i]});
    if (option->takes == Takes::nothing) continue;
    std::string_view value = word.substr(i + 1);
    if (value.empty()) return option;
    if (value.front() == '=') value.remove_prefix(1);
    out.emplace_back(value);
    return nullptr;
  }
  return nullptr;
}

Scan scan(const std::vector<std::string>& arguments, const std::vector<const Option*>& options) {
  Scan result;
  for (const std::string& word : arguments) {
    if (result.open != nullptr) {
      result.words.push_back(word);
      result.open = nullptr;
    } else if (result.onlyWords || word.size() < 2 || word.front() != '-') {
      if (result.commandAt == Scan::npos) result.commandAt = result.words.size();
      ++result.plain;
      result.words.push_back(word);
    } else if (word == "--") {
      result.onlyWords = true;
      result.words.push_back(word);
    } else if (word[1] == '-') {
      const Option* option = findLong(options, std::string_view(word).substr(2));
      if (option != nullptr && option->takes != Takes::nothing) result.open = option;
      result.words.push_back(word);
    } else {
      result.open = splitLetters(word, options, result.words);
    }
  }
  return result;
}

}  // namespace

std::vector<const Option*> everyOption(const std::vector<Command>& commands,
                                       const std::vector<Option>& globals) {
  std::vector<const Option*> every;
  for (const Option& option : globals) every.push_back(&option);
  for (const Command& command : commands) {
    for (const Option& option : command.options) every.push_back(&option);
  }
  return every;
}

Scan scan(const std::vector<std::string>& arguments, const std::vector<Command>& commands,
          const std::vector<Option>& globals) {
  auto options = everyOption(commands, globals);
  // Where a name takes a value with one command and none with another, the one that takes none is found
  // first.
  std::stable_partition(options.begin(), options.end(),
                        [](const Option* option) { return option->takes == Takes::nothing; });
  Scan scanned = scan(arguments, options);
  if (scanned.commandAt == Scan::npos) return scanned;
  const auto command = std::find_if(commands.begin(), commands.end(), [&](const Command& candidate) {
    return candidate.name == scanned.words[scanned.commandAt];
  });
  if (command == commands.end()) return scanned;
  // Its own options mean what they mean with it.
  std::vector<const Option*> known;
  for (const Option& option : command->options) known.push_back(&option);
  known.insert(known.end(), options.begin(), options.end());
  return scan(arguments, known);
}

}  // namespace cli
