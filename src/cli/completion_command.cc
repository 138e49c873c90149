#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/context.h"
#include "cli/global_options.h"
#include "cli/names.h"

namespace cli {
namespace {

base::Result<int> printScript(Context& context, const Options& options) {
  context.print(completionScript(options.words().front()));
  return 0;
}

base::Result<int> completeWords(Context& context, const Options& options) {
  const NameSource names = [&](Takes takes, std::string_view typed, const Options& given) {
    Options quick = given;
    quick.add("request-timeout", "900ms");
    quick.add("verbose", "0");
    Context asked(context.terminal(), context.clock(), context.rules(), quick, context.program());
    return namesFor(takes, typed, asked, given.text("namespace"));
  };
  context.print(complete(options.words(), commands(), globalOptions(), names));
  return 0;
}

}  // namespace

Command completionCommand() {
  return {.name = "completion",
          .group = Group::other,
          .summary = "print a script for completion in a shell",
          .description = R"(Prints a script that completes commands, options and their values.

kubectl completes "kubectl istio-ca" itself, with the help of a program named kubectl_complete-istio_ca on PATH: "completion kubectl" prints that program. The scripts for bash, zsh and fish complete the name kubectl-istio-ca.)",
          .words = {.name = "SHELL",
                    .least = 1,
                    .most = 1,
                    .takes = Takes::choice,
                    .choices = {"bash", "zsh", "fish", "kubectl"}},
          .examples = {{"for this bash",
                        "completion bash > ~/.local/share/bash-completion/completions/kubectl-istio-ca"},
                       {"for zsh, in a folder of $fpath",
                        "completion zsh > ~/.local/share/zsh/site-functions/_kubectl-istio-ca"},
                       {"for fish", "completion fish > ~/.config/fish/completions/kubectl-istio-ca.fish"},
                       {"for \"kubectl istio-ca\" in any shell (then chmod +x it)",
                        "completion kubectl > ~/.local/bin/kubectl_complete-istio_ca"}},
          .run = printScript};
}

Command completeCommand() {
  return {.name = "__complete",
          .summary = "candidates for completion, as kubectl wants them",
          .words = {.name = "WORD", .most = 1000},
          .run = completeWords,
          .hidden = true,
          .raw = true};
}

}  // namespace cli
