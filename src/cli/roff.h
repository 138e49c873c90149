#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

/// Text in roff's man macros (man(7)), as man-db and mandoc take it without a warning.
namespace cli::roff {

/// Backslashes and dashes escaped, no line taken for a request.
std::string escape(std::string_view text);
std::string bold(std::string_view text);
/// Paragraphs, separated by empty lines; lines that begin with a space are shown as they are.
std::string paragraphs(std::string_view text);
std::string section(std::string_view title);
/// A label, already in roff, with its text indented below.
std::string item(std::string_view label, std::string_view text);
std::string optionList(const std::vector<Option>& options);
/// What each does, and the command line.
std::string examples(const std::vector<Example>& examples);

}  // namespace cli::roff
