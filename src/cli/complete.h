#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/options.h"

namespace cli {

/// Names that the kubeconfig or the cluster knows, for what was typed of one. `options` are those that say
/// which cluster and namespace is meant. Nothing when it cannot be asked.
using NameSource =
    std::function<std::vector<std::string>(Takes takes, std::string_view typed, const Options& options)>;

/// What may stand where the last of `words` (which may be empty) is being typed, in the form that kubectl
/// expects of kubectl_complete-* programs (cobra's __complete): a candidate a line, with a tab and a
/// description, then
/// ":<directive>": 0 the shell completes files, 4 it does not, 16 it completes directories.
std::string complete(const std::vector<std::string>& words, const std::vector<Command>& commands,
                     const std::vector<Option>& globals, const NameSource& names);

/// A script for that shell ("bash", "zsh", "fish"), or the helper program for kubectl ("kubectl"); empty for
/// others.
std::string_view completionScript(std::string_view shell);

}  // namespace cli
