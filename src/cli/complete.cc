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

/// One question: what may stand where the last word is being typed.
class Completion {
 public:
  Completion(const std::vector<std::string>& words, const std::vector<Command>& commands,
             const std::vector<Option>& globals, const NameSource& names)
      : typed_(words.empty() ? std::string() : words.back()),
        commands_(commands),
        globals_(globals),
        names_(names) {
    before_ = scan({words.begin(), words.end() - (words.empty() ? 0 : 1)}, commands_, globals_);
    if (before_.commandAt == Scan::npos) {
      options_ = everyOption(commands_, globals_);  // any of them may stand before its command
      return;
    }
    const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& candidate) {
      return candidate.name == before_.words[before_.commandAt];
    });
    unknownCommand_ = found == commands.end();
    if (unknownCommand_) return;
    command_ = &*found;
    options_ = pointers(command_->options);
    for (const Option& option : globals_) options_.push_back(&option);
  }

  [[nodiscard]] std::string answer() const {
    if (unknownCommand_) return std::string(nothingElse);
    if (before_.open != nullptr) return valuesOf(before_.open->name, typed_);
    if (typed_.starts_with("-") && !before_.onlyWords) {
      const std::size_t equals = typed_.find('=');
      if (!typed_.starts_with("--") || equals == std::string::npos) return optionNames();
      return valuesOf(std::string_view(typed_).substr(2, equals - 2),
                      std::string_view(typed_).substr(equals + 1));
    }
    if (command_ == nullptr) return values(Takes::command, {}, typed_);
    if (before_.plain > command_->words.most) return std::string(nothingElse);
    return values(command_->words.takes, command_->words.choices, typed_);
  }

 private:
  static std::vector<const Option*> pointers(const std::vector<Option>& options) {
    std::vector<const Option*> all;
    for (const Option& option : options) all.push_back(&option);
    return all;
  }

  [[nodiscard]] const Option* find(std::string_view name) const {
    const auto option =
        std::find_if(options_.begin(), options_.end(), [&](const Option* o) { return o->name == name; });
    return option == options_.end() ? nullptr : *option;
  }

  /// Those of the command, and of all; none that stands there already and is of no use twice.
  [[nodiscard]] std::string optionNames() const {
    const Options given = optionsGiven();
    Candidates candidates(typed_);
    auto add = [&](const Option& option) {
      if (option.repeatable || !given.has(option.name))
        candidates.add("--" + std::string(option.name), option.help);
    };
    if (command_ != nullptr) std::for_each(command_->options.begin(), command_->options.end(), add);
    std::for_each(globals_.begin(), globals_.end(), add);
    return candidates.end(nothingElse);
  }

  [[nodiscard]] std::string valuesOf(std::string_view name, std::string_view value) const {
    const Option* option = find(name);
    return option == nullptr ? std::string(nothingElse) : values(option->takes, option->choices, value);
  }

  [[nodiscard]] std::string values(Takes takes, const std::vector<std::string_view>& choices,
                                   std::string_view typed) const {
    Candidates candidates(typed);
    for (std::string_view choice : choices) candidates.add(choice);
    switch (takes) {
      case Takes::file:
        return candidates.end(files);
      case Takes::directory:
        return candidates.end(directories);
      case Takes::command:
        for (const Command& command : commands_) {
          if (!command.hidden) candidates.add(command.name, command.summary);
        }
        return candidates.end(nothingElse);
      case Takes::context:
      case Takes::cluster:
      case Takes::user:
      case Takes::nameSpace:
      case Takes::workload:
      case Takes::waiver:
      case Takes::backup:
        for (const std::string& name : names_(takes, typed, optionsGiven())) candidates.add(name);
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

  /// The options typed so far, unchecked: this need not be a complete command line.
  [[nodiscard]] Options optionsGiven() const {
    Options given;
    const auto& words = before_.words;
    for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
      if (words[i].size() < 2 || words[i][0] != '-') continue;
      const std::size_t equals = words[i].find('=');
      const std::string name = words[i].substr(0, equals);
      const auto option = std::find_if(options_.begin(), options_.end(), [&](const Option* o) {
        return name == "--" + std::string(o->name) || (o->letter != 0 && name == std::string{'-', o->letter});
      });
      if (option == options_.end()) continue;
      if ((*option)->takes == Takes::nothing) {
        given.add((*option)->name, "true");
      } else if (equals != std::string::npos) {
        given.add((*option)->name, words[i].substr(equals + 1));
      } else if (i + 1 < words.size()) {
        given.add((*option)->name, words[++i]);
      }
    }
    for (const Option& option : globals_) {
      if (!option.fallback.empty()) given.setDefault(option.name, std::string(option.fallback));
    }
    return given;
  }

  const std::string typed_;
  const std::vector<Command>& commands_;
  const std::vector<Option>& globals_;
  const NameSource& names_;
  Scan before_{};
  const Command* command_ = nullptr;
  bool unknownCommand_ = false;
  std::vector<const Option*> options_{};  // that may stand there, those of the command first
};

}  // namespace

std::string complete(const std::vector<std::string>& words, const std::vector<Command>& commands,
                     const std::vector<Option>& globals, const NameSource& names) {
  return Completion(words, commands, globals, names).answer();
}

}  // namespace cli
