#pragma once

#include <vector>

#include "base/result.h"
#include "cli/command.h"
#include "cli/options.h"
#include "kube/access.h"
#include "ui/style.h"

namespace cli {

/// Options that every command takes: which cluster, as kubectl's, and how to print.
const std::vector<Option>& globalOptions();

kube::AccessFlags accessFlags(const Options& options);
ui::ColourChoice colourChoice(const Options& options);

/// Rows that several commands share.
Option namespaceOption();
Option allNamespacesOption();
Option outputOption(std::vector<std::string_view> choices, std::string_view fallback = "table");
Option timeoutOption(std::string_view fallback = "5m");
Option yesOption();
Option dryRunOption();

}  // namespace cli
