#include "cli/complete.h"

#include <algorithm>

#include "cli/parse.h"

namespace cli {
namespace {

constexpr std::string_view files = ":0\n", nothingElse = ":4\n", directories = ":16\n";

class Candidates {
 public:
  explicit Candidates(std::string_view typed) : typed_(typed) {}
  void add(std::string_view name, std::string_view description = {}) {
    if (!name.starts_with(typed_)) return;
    text_ += name;
    if (!description.empty()) text_.append("\t").append(description);
    text_ += '\n';
  }
  [[nodiscard]] std::string end(std::string_view directive) const { return text_ + std::string(directive); }

 private:
  std::string_view typed_;
  std::string text_;
};

std::string values(Takes takes, const std::vector<std::string_view>& choices, std::string_view typed,
                   const std::vector<Command>& commands, const NameSource& namespaces) {
  Candidates candidates(typed);
  for (std::string_view choice : choices) candidates.add(choice);
  switch (takes) {
    case Takes::file:
      return candidates.end(files);
    case Takes::directory:
      return candidates.end(directories);
    case Takes::nameSpace:
      for (const std::string& name : namespaces()) candidates.add(name);
      return candidates.end(nothingElse);
    case Takes::command:
      for (const Command& command : commands) {
        if (!command.hidden) candidates.add(command.name, command.summary);
      }
      return candidates.end(nothingElse);
    case Takes::nothing:
    case Takes::text:
    case Takes::duration:
    case Takes::number:
    case Takes::choice:
      return candidates.end(nothingElse);
  }
  return candidates.end(nothingElse);
}

bool isOf(const Command& command, const Option* option) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [&](const Option& own) { return &own == option; });
}

}  // namespace

std::string complete(const std::vector<std::string>& words, const std::vector<Command>& commands,
                     const std::vector<Option>& globals, const NameSource& namespaces) {
  const std::string typed = words.empty() ? std::string() : words.back();
  std::vector<const Option*> every;
  for (const Option& option : globals) every.push_back(&option);
  for (const Command& command : commands) {
    for (const Option& option : command.options) every.push_back(&option);
  }
  const Scan before = scan({words.begin(), words.end() - (words.empty() ? 0 : 1)}, every);
  const Command* command = nullptr;
  if (before.commandAt != Scan::npos) {
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& candidate) {
      return candidate.name == before.words[before.commandAt];
    });
    if (found == commands.end()) return std::string(nothingElse);
    command = &*found;
    // Other commands may have an option of the same name with other choices.
    std::stable_partition(every.begin(), every.end(),
                          [&](const Option* option) { return isOf(*command, option); });
  }
  auto valuesOf = [&](std::string_view name, std::string_view value) {
    const auto option =
        std::find_if(every.begin(), every.end(), [&](const Option* o) { return o->name == name; });
    if (option == every.end()) return std::string(nothingElse);
    return values((*option)->takes, (*option)->choices, value, commands, namespaces);
  };
  if (before.open != nullptr) return valuesOf(before.open->name, typed);
  if (const std::size_t equals = typed.find('='); typed.starts_with("--") && equals != std::string::npos) {
    return valuesOf(std::string_view(typed).substr(2, equals - 2),
                    std::string_view(typed).substr(equals + 1));
  }
  if (typed.starts_with("-")) {
    Candidates candidates(typed);
    auto add = [&](const Option& option) { candidates.add("--" + std::string(option.name), option.help); };
    if (command != nullptr) std::for_each(command->options.begin(), command->options.end(), add);
    std::for_each(globals.begin(), globals.end(), add);
    return candidates.end(nothingElse);
  }
  if (command == nullptr) return values(Takes::command, {}, typed, commands, namespaces);
  if (command->words.most == 0) return std::string(nothingElse);
  return values(command->words.takes, command->words.choices, typed, commands, namespaces);
}

}  // namespace cli
