#include "base/text.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/context.h"
#include "cli/global_options.h"

namespace cli {
namespace {

base::Result<int> printScript(Context& context, const Options& options) {
  const std::string& shell = options.words().front();
  const std::string_view script = completionScript(shell);
  if (script.empty()) {
    return base::fail(
        {base::Kind::usage, "no completion for \"" + shell + "\"", {}, "one of: bash, zsh, fish, kubectl"});
  }
  context.print(script);
  return 0;
}

/// The global options among the words typed so far, which need not be a complete command line.
Options globalsTyped(const std::vector<std::string>& words) {
  Options options;
  for (const Option& option : globalOptions()) {
    if (option.takes == Takes::nothing || option.name == "verbose") continue;
    const std::string name = "--" + std::string(option.name);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const bool letter = option.letter != 0 && words[i] == std::string{'-', option.letter};
      if (words[i] == name || letter) options.add(option.name, words[i + 1]);
      if (words[i].starts_with(name + "=")) options.add(option.name, words[i].substr(name.size() + 1));
    }
  }
  return options;
}

/// Namespaces of the cluster that the words typed so far point to; none rather than an error or a long wait.
std::vector<std::string> namespacesOf(Context& context, const std::vector<std::string>& words) {
  std::vector<std::string> names;
  Options options = globalsTyped(words);
  options.add("request-timeout", "3s");
  Context typed(context.terminal(), context.clock(), context.rules(), options, context.program());
  auto api = typed.api();
  if (!api) return names;
  auto items = (*api)->list(kube::namespaces, "");
  if (!items) return names;
  for (const json::Value& item : *items) names.emplace_back(item["metadata"]["name"].text());
  return names;
}

base::Result<int> completeWords(Context& context, const Options& options) {
  context.print(complete(options.words(), commands(), globalOptions(),
                         [&] { return namespacesOf(context, options.words()); }));
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
                       {"for \"kubectl istio-ca\" (then chmod +x it)",
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
