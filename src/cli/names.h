#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/context.h"

namespace cli {

/// What `typed` may become where such a name is wanted. Asks the kubeconfig and the cluster that `context`'s
/// options point to, for a second at most; whatever goes wrong, there are no names.
std::vector<std::string> namesFor(Takes takes, std::string_view typed, Context& context, std::string_view ns);

/// TYPE/NAME of the proxies among these pods, the type written as in `typed` where it stands there already;
/// then the pods' bare names, once something is typed.
std::vector<std::string> workloadNames(const json::Array& pods, std::string_view typed);
/// The names by which these pods and machines may be accepted unproven.
std::vector<std::string> waiverNames(json::Array pods, const json::Array& workloadEntries);

}  // namespace cli
