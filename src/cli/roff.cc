#include "cli/roff.h"

#include <fmt/format.h>

#include "cli/help.h"

namespace cli::roff {

std::string escape(std::string_view text) {
  std::string out;
  bool lineStart = true;
  for (char letter : text) {
    if (lineStart && (letter == '.' || letter == '\'')) out += "\\&";
    if (letter == '\\') {
      out += "\\e";
    } else if (letter == '-') {
      out += "\\-";
    } else {
      out += letter;
    }
    lineStart = letter == '\n';
  }
  return out;
}

std::string bold(std::string_view text) {
  return "\\fB" + escape(text) + "\\fR";
}

std::string paragraphs(std::string_view text) {
  std::string out;
  bool verbatim = false, gap = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) {
      gap = true;
      continue;
    }
    const bool indented = line.front() == ' ';
    if (verbatim && (!indented || gap)) out += ".fi\n";
    if (gap) out += ".PP\n";
    if (indented && (!verbatim || gap)) out += ".nf\n";
    verbatim = indented;
    gap = false;
    out += escape(line) + "\n";
  }
  return verbatim ? out + ".fi\n" : out;
}

std::string section(std::string_view title) {
  return fmt::format(".SH {}\n", title);
}

std::string item(std::string_view label, std::string_view text) {
  return fmt::format(".TP\n{}\n{}\n", label, escape(text));
}

std::string optionList(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    std::string label = option.letter == 0 ? "" : bold({std::string{'-', option.letter}}) + ", ";
    label += bold("--" + std::string(option.name));
    if (!option.value.empty()) label += fmt::format(" \\fI{}\\fR", escape(option.value));
    out += item(label, optionText(option));
  }
  return out;
}

std::string examples(const std::vector<Example>& examples) {
  std::string out;
  for (const Example& example : examples) {
    if (!out.empty()) out += ".PP\n";
    out += fmt::format("{}:\n.PP\n.RS 4\n.nf\nkubectl istio\\-ca {}\n.fi\n.RE\n", escape(example.text),
                       escape(example.command));
  }
  return out;
}

}  // namespace cli::roff
