#include "cli/man.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/context.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/help.h"
#include "cli/parse.h"
#include "cli/roff.h"

namespace cli {
namespace {

constexpr std::string_view released = "2026-11-28";  // the version's date, as man pages show it

constexpr std::string_view about =
    R"(Moves a live Istio mesh with strict mTLS from one CA to another. Each step is taken only after it has been proven safe on the live state of every proxy, istiod, config map and webhook. What cannot be read counts as unproven, and unproven blocks. A rotation can be stopped at any instant and run again: where the mesh stands is read from the mesh.

Start with doctor and status, which change nothing, then rotate, which asks before each change.)";

std::string title(const std::string& name) {
  std::string upper = name;
  for (char& letter : upper) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return fmt::format(".TH {} 1 {} \"kubectl\\-istio\\-ca {}\" \"User Commands\"\n", roff::escape(upper),
                     released, ICA_VERSION);
}

std::string nameSection(const std::string& name, std::string_view summary) {
  return roff::section("NAME") + fmt::format("{} \\- {}\n", roff::escape(name), roff::escape(summary));
}

std::string listOf(Group group, const std::vector<Command>& commands) {
  std::string out;
  for (const Command& command : commands) {
    if (command.group == group && !command.hidden)
      out += roff::item(roff::bold(manPageName(command.name)) + "(1)", command.summary);
  }
  return out.empty() ? out : fmt::format(".SS {}\n", roff::escape(heading(group))) + out;
}

std::string exitStatus() {
  std::string out = roff::section("EXIT STATUS");
  for (const ExitCode& code : exitCodes())
    out += roff::item(roff::bold(std::to_string(code.code)), code.meaning);
  return out;
}

base::Result<int> runMan(Context& context, const Options& options) {
  if (options.words().empty()) {
    context.print(manPage(commands(), globalOptions()));
    return 0;
  }
  TRY_ASSIGN(const Command* command, findCommand(options.words().front(), commands()));
  context.print(manPage(*command));
  return 0;
}

}  // namespace

std::string manPageName(std::string_view command) {
  return "kubectl-istio-ca" + (command.empty() ? "" : "-" + std::string(command));
}

std::string manPage(const std::vector<Command>& commands, const std::vector<Option>& globals) {
  std::string out = title(manPageName()) + nameSection(manPageName(), "move an Istio mesh to a new CA");
  out += roff::section("SYNOPSIS") + "\\fBkubectl istio\\-ca\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n";
  out += roff::section("DESCRIPTION") + roff::paragraphs(about);
  out += roff::section("COMMANDS") + "Each has a page of its own.\n";
  for (Group group : {Group::look, Group::change, Group::files, Group::other}) out += listOf(group, commands);
  out += roff::section("OPTIONS") + "Every command takes these.\n" + roff::optionList(globals);
  out += exitStatus();
  out += roff::section("ENVIRONMENT");
  out += roff::item("\\fBKUBECONFIG\\fR", "kubeconfig files, separated by colons, as kubectl reads them");
  out += roff::item("\\fBNO_COLOR\\fR", "if not empty: no colour");
  out += roff::item("\\fBXDG_DATA_HOME\\fR",
                    "where rotate keeps the CAs that it makes and the evidence of rotations, in folder "
                    "kubectl-istio-ca (default: ~/.local/share)");
  const auto examples = firstExamples(commands);
  if (!examples.empty()) out += roff::section("EXAMPLES") + roff::examples(examples);
  return out + roff::section("SEE ALSO") + ".BR kubectl (1)\n";
}

std::string manPage(const Command& command) {
  const std::string name = manPageName(command.name);
  std::string out = title(name) + nameSection(name, command.summary);
  out += roff::section("SYNOPSIS") +
         fmt::format("\\fBkubectl istio\\-ca\\fR {}\n", roff::escape(synopsis(command)));
  out += roff::section("DESCRIPTION") +
         roff::paragraphs(command.description.empty() ? sentence(command) : command.description);
  out += roff::section("OPTIONS") + roff::optionList(command.options);
  out += fmt::format("{}Those that every command takes are in {}(1).\n",
                     command.options.empty() ? "" : ".PP\n", roff::bold(manPageName()));
  out += exitStatus();
  if (!command.examples.empty()) out += roff::section("EXAMPLES") + roff::examples(command.examples);
  return out + roff::section("SEE ALSO") + ".BR kubectl\\-istio\\-ca (1)\n";
}

Command manCommand() {
  return {.name = "__man",
          .summary = "the man page, or that of a command",
          .words = {.name = "COMMAND", .most = 1, .takes = Takes::command},
          .run = runMan,
          .hidden = true};
}

}  // namespace cli
