#include "cli/run.h"

#include "base/interrupt.h"
#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/help.h"
#include "cli/parse.h"

namespace cli {
namespace {

base::Result<int> runCommand(const std::vector<std::string>& arguments, ui::Terminal& terminal,
                             base::Clock& clock, plan::Rules rules) {
  const std::string program = programName(arguments.empty() ? "" : arguments.front());
  const std::vector<std::string> rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  TRY_ASSIGN(const Invocation invocation, parse(rest, commands(), globalOptions()));
  terminal.setColour(colourChoice(invocation.options), ui::systemColourEnvironment());
  terminal.err.setQuiet(invocation.options.on("quiet"));
  Context context(terminal, clock, rules, invocation.options, program);
  if (invocation.help || (invocation.command == nullptr && !invocation.version)) {
    const std::size_t width = terminal.out.width();
    context.print(invocation.command == nullptr ? programHelp(commands(), program, width)
                                                : commandHelp(*invocation.command, program, width));
    return 0;
  }
  if (invocation.command != nullptr) context.setCommand(invocation.command->name);
  context.setCommandLine(shownCommandLine(program, rest));
  if (invocation.version) return versionCommand().run(context, invocation.options);
  return invocation.command->run(context, invocation.options);
}

}  // namespace

std::string programName(const std::string& argv0) {
  const std::string name = argv0.substr(argv0.rfind('/') + 1);
  return name.empty() || name.rfind("kubectl-", 0) == 0 ? "kubectl istio-ca" : name;
}

int run(const std::vector<std::string>& arguments, ui::Terminal& terminal, base::Clock& clock,
        plan::Rules rules) {
  terminal.setColour(ui::ColourChoice::automatic, ui::systemColourEnvironment());
  const base::Result<int> result = runCommand(arguments, terminal, clock, rules);
  if (!result) {
    ui::printError(terminal.err, result.error());
    return base::exitCode(result.error().kind);
  }
  if (!terminal.out.status()) {
    ui::printError(terminal.err, terminal.out.status().error());
    return base::exitCode(terminal.out.status().error().kind);
  }
  return *result;
}

int run(int argc, char** argv, plan::Rules rules) {
  base::catchInterrupts();
  ui::Terminal terminal = ui::systemTerminal();
  base::SystemClock clock;
  return run({argv, argv + argc}, terminal, clock, rules);
}

}  // namespace cli
