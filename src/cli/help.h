#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace cli {

/// The first page: commands by group, and the exit codes.
std::string programHelp(const std::vector<Command>& commands, const std::string& program, std::size_t width);
/// One command: usage, description, its options, examples.
std::string commandHelp(const Command& command, const std::string& program, std::size_t width);
/// The options that every command takes.
std::string optionsHelp(const std::vector<Option>& options, const std::string& program, std::size_t width);

/// "verify [TYPE/NAME...] [OPTIONS]".
std::string synopsis(const Command& command);
std::string_view heading(Group group);
/// The summary as a sentence.
std::string sentence(const Command& command);
/// "-n, --namespace NAMESPACE" and "Only this namespace (default: x; one of: ...)".
std::string optionLabel(const Option& option);
std::string optionText(const Option& option);

/// What to begin with: the first example of each of some commands.
std::vector<Example> firstExamples(const std::vector<Command>& commands);

inline constexpr std::string_view programSummary =
    "Moves an Istio mesh to a new CA with zero failed requests.";

}  // namespace cli
