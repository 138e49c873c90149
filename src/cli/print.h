#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/context.h"
#include "cli/options.h"
#include "json/value.h"
#include "ui/table.h"

namespace cli {

/// One answer in the forms that a command offers with -o; only the one that is asked for is made. What is not
/// set is not offered.
struct Forms {
  std::function<json::Value()> document;  // json, yaml
  std::function<std::vector<std::string>()>
      names;  // name: "pod/client-0", one a line, as kubectl prints them
  std::function<std::string(const ui::Stream&)> text;
  std::function<ui::Table(bool wide)> table;  // table, wide
};

/// The form that --output names, as it would be printed.
std::string renderAs(Context& context, const Options& options, const Forms& forms);
/// Prints the form that --output names to standard output.
void printAs(Context& context, const Options& options, const Forms& forms);

}  // namespace cli
