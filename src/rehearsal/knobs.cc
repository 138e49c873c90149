#include "rehearsal/knobs.h"

#include <algorithm>

namespace rehearsal {

namespace {

constexpr std::size_t shortestHash = 6;  // pod-template-hash has 8 to 10 characters

/// What a controller puts behind a workload's name: "-0", "-x7f2k", "-5d8f7b6c4d-x7f2k".
bool isPodSuffix(std::string_view suffix) {
  if (!suffix.starts_with('-')) return false;
  suffix.remove_prefix(1);
  const auto dash = suffix.find('-');
  return dash == std::string_view::npos ||
         (dash >= shortestHash && suffix.find('-', dash + 1) == std::string_view::npos);
}

}  // namespace

bool PodNames::contain(std::string_view ns, std::string_view pod) const {
  return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) {
    if (!name.starts_with(ns) || name.size() <= ns.size() || name[ns.size()] != '/') return false;
    const auto what = std::string_view(name).substr(ns.size() + 1);
    return pod == what || (pod.starts_with(what) && isPodSuffix(pod.substr(what.size())));
  });
}

}  // namespace rehearsal
