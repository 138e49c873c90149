#include "cli/commands.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/parse.h"

namespace cli {
namespace {

base::Result<int> runParse(Context&, const Options& options) {
  TRY_ASSIGN(const Invocation read, parse(options.words(), commands(), globalOptions()));
  if (read.command != nullptr || read.help || read.version) return 0;
  return base::fail({base::Kind::usage, "there is no command"});
}

}  // namespace

Command parseCommand() {
  return {.name = "__parse",
          .summary = "whether a command line is right, without running it",
          .words = {.name = "WORD", .most = 1000},
          .run = runParse,
          .hidden = true,
          .raw = true};
}

}  // namespace cli
