#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/exit_codes.h"
#include "ui/text.h"

namespace cli {
namespace {

constexpr std::size_t widest = 100;  // running text gets hard to read beyond

/// Labels on the left, wrapped text on the right; a label too long for its column gets a line of its own.
std::string definitions(const std::vector<std::pair<std::string, std::string>>& rows, std::size_t width) {
  constexpr std::size_t longestLabel = 26;
  std::size_t column = 0;
  for (const auto& [label, text] : rows) {
    if (label.size() <= longestLabel) column = std::max(column, label.size());
  }
  const std::size_t indent = column + 4;
  std::string out;
  for (const auto& [label, text] : rows) {
    const std::string wrapped = ui::wrap(text, std::min(width, widest), indent);
    if (label.size() > column) {
      out += "  " + label + "\n" + wrapped;
    } else {
      out += "  " + label + wrapped.substr(std::min(label.size() + 2, wrapped.size()));
    }
  }
  return out;
}

std::string optionTable(const std::vector<Option>& options, std::size_t width) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Option& option : options) rows.emplace_back(optionLabel(option), optionText(option));
  return definitions(rows, width);
}

std::string exampleLines(const std::vector<Example>& examples, const std::string& program,
                         std::size_t width) {
  std::string out;
  for (const Example& example : examples) {
    out += ui::wrap("# " + std::string(example.text), std::min(width, widest), 2) +
           fmt::format("  {} {}\n", program, example.command);
  }
  return out;
}

}  // namespace

std::string_view heading(Group group) {
  switch (group) {
    case Group::look:
      return "Look, changing nothing";
    case Group::change:
      return "Change the mesh";
    case Group::files:
      return "Work on files";
    case Group::other:
      return "Other";
  }
  return "";
}

std::string sentence(const Command& command) {
  std::string text = std::string(command.summary) + ".";
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string optionLabel(const Option& option) {
  std::string label = option.letter == 0 ? "    " : fmt::format("-{}, ", option.letter);
  label += fmt::format("--{}", option.name);
  if (!option.value.empty()) label += fmt::format(" {}", option.value);
  return label;
}

std::string optionText(const Option& option) {
  std::vector<std::string> notes;
  if (option.takes == Takes::choice)
    notes.push_back(fmt::format("one of: {}", fmt::join(option.choices, ", ")));
  if (!option.fallback.empty() && option.fallback != "0")
    notes.push_back(fmt::format("default: {}", option.fallback));
  if (option.required) notes.emplace_back("required");
  std::string text(option.help);
  if (!notes.empty()) text += " (" + base::join(notes, "; ") + ")";
  return text;
}

std::string synopsis(const Command& command) {
  std::string line(command.name);
  const Words& words = command.words;
  if (words.most > 0) {
    const std::string name = fmt::format("{}{}", words.name, words.most > 1 ? "..." : "");
    line += words.least == 0 ? fmt::format(" [{}]", name) : " " + name;
  }
  for (const Option& option : command.options) {
    if (option.required) line += fmt::format(" --{} {}", option.name, option.value);
  }
  return line + " [OPTIONS]";
}

std::vector<Example> firstExamples(const std::vector<Command>& commands) {
  std::vector<Example> examples;
  for (const std::string_view name : {"rehearse", "doctor", "status", "create-ca", "plan", "rotate"}) {
    for (const Command& command : commands) {
      if (command.name == name && !command.examples.empty()) examples.push_back(command.examples.front());
    }
  }
  return examples;
}

std::string programHelp(const std::vector<Command>& commands, const std::string& program, std::size_t width) {
  std::string out = fmt::format("{}\n\nUsage: {} COMMAND [OPTIONS]\n", programSummary, program);
  for (Group group : {Group::look, Group::change, Group::files, Group::other}) {
    std::vector<std::pair<std::string, std::string>> rows;
    for (const Command& command : commands) {
      if (command.group == group && !command.hidden) rows.emplace_back(command.name, command.summary);
    }
    if (!rows.empty()) out += fmt::format("\n{}:\n{}", heading(group), definitions(rows, width));
  }
  const auto examples = firstExamples(commands);
  if (!examples.empty()) out += "\nTo begin with:\n" + exampleLines(examples, program, width);
  std::vector<std::pair<std::string, std::string>> codes;
  for (const ExitCode& code : exitCodes()) codes.emplace_back(fmt::format("{:>3}", code.code), code.meaning);
  out += "\nExit codes:\n" + definitions(codes, width);
  out += fmt::format("\nSee also: {0} COMMAND --help, {0} help options.\n", program);
  return out;
}

std::string commandHelp(const Command& command, const std::string& program, std::size_t width) {
  const std::size_t text = std::min(width, widest);
  std::string out = fmt::format("{}\n\nUsage: {} {}\n", sentence(command), program, synopsis(command));
  if (!command.description.empty()) out += "\n" + ui::wrap(command.description, text);
  if (!command.options.empty()) out += "\nOptions:\n" + optionTable(command.options, width);
  if (!command.examples.empty()) out += "\nExamples:\n" + exampleLines(command.examples, program, width);
  out += fmt::format("\n{} help options shows the options that every command takes.\n", program);
  return out;
}

std::string optionsHelp(const std::vector<Option>& options, const std::string& program, std::size_t width) {
  return fmt::format("Options that every command of {} takes:\n{}", program, optionTable(options, width));
}

}  // namespace cli
