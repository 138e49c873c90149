#include "cli/man.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/help.h"

namespace cli {
namespace {

/// Text for roff: backslashes and dashes escaped, no line taken for a request.
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

/// Paragraphs; lines that begin with a space are shown as they are.
std::string paragraphs(std::string_view text) {
  std::string out;
  bool verbatim = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool indented = !line.empty() && line.front() == ' ';
    if (indented != verbatim) out += indented ? ".nf\n" : ".fi\n";
    verbatim = indented;
    out += line.empty() ? ".PP\n" : escape(line) + "\n";
  }
  return verbatim ? out + ".fi\n" : out;
}

std::string optionList(const std::vector<Option>& options) {
  std::string out;
  for (const Option& option : options) {
    out += ".TP\n";
    if (option.letter != 0) out += fmt::format("\\fB\\-{}\\fR, ", option.letter);
    out += fmt::format("\\fB{}\\fR", escape("--" + std::string(option.name)));
    if (!option.value.empty()) out += fmt::format(" \\fI{}\\fR", escape(option.value));
    out += "\n" + escape(optionText(option)) + "\n";
  }
  return out;
}

std::string commandSection(const Command& command) {
  std::string out = fmt::format(".SS {}\n{}\n", escape(synopsis(command)), escape(sentence(command)));
  if (!command.description.empty()) out += ".PP\n" + paragraphs(command.description);
  out += optionList(command.options);
  for (const Example& example : command.examples) {
    out += fmt::format(".PP\n{}:\n.PP\n.RS 4\n.nf\nkubectl istio\\-ca {}\n.fi\n.RE\n", escape(example.text),
                       escape(example.command));
  }
  return out;
}

base::Result<int> run(Context& context, const Options&) {
  context.print(manPage(commands(), globalOptions()));
  return 0;
}

}  // namespace

std::string manPage(const std::vector<Command>& commands, const std::vector<Option>& globals) {
  std::string out = fmt::format(
      ".TH KUBECTL\\-ISTIO\\-CA 1 \"\" \"kubectl\\-istio\\-ca {}\" \"User Commands\"\n", ICA_VERSION);
  out += fmt::format(".SH NAME\nkubectl\\-istio\\-ca \\- {}\n", escape("move an Istio mesh to a new CA"));
  out += ".SH SYNOPSIS\n\\fBkubectl istio\\-ca\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n";
  out += fmt::format(".SH DESCRIPTION\n{}\n", escape(programSummary));
  out += ".SH COMMANDS\n";
  for (const Command& command : commands) {
    if (!command.hidden) out += commandSection(command);
  }
  out += ".SH OPTIONS OF ALL COMMANDS\n" + optionList(globals);
  out += ".SH EXIT STATUS\n";
  for (const ExitCode& code : exitCodes())
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", code.code, escape(code.meaning));
  out +=
      ".SH ENVIRONMENT\n.TP\n\\fBKUBECONFIG\\fR\nkubeconfig files, separated by colons, as kubectl reads "
      "them\n"
      ".TP\n\\fBNO_COLOR\\fR\nif not empty: no colour\n";
  out += ".SH SEE ALSO\n.BR kubectl (1)\n";
  return out;
}

Command manCommand() {
  return {.name = "__man", .summary = "the man page", .run = run, .hidden = true};
}

}  // namespace cli
