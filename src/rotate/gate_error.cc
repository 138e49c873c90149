#include "rotate/gate_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace rotate {

namespace {

using trust::Blocker;

std::string list(const trust::Blockers& blockers) {
  std::vector<std::string> lines;
  for (const auto& blocker : blockers) {
    auto line = "\n  " + blocker.subject + ": " + blocker.what;
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  return base::join(lines, "");
}

/// How to answer for what cannot be read, by the first such names.
std::string waiverHint(const trust::Blockers& blockers) {
  std::set<std::string> names;
  for (const auto& blocker : blockers) {
    if (!blocker.waiver.empty() && names.size() < 3) names.insert(blocker.waiver);
  }
  if (names.empty()) return "";
  std::string hint = "; or, if you answer for it yourself:";
  for (const auto& name : names) hint += " --accept-unproven " + name;
  return hint;
}

}  // namespace

base::Error gateError(const plan::Decision& decision, std::string_view what) {
  const auto blockers = decision.blockers();
  const bool no = std::any_of(blockers.begin(), blockers.end(),
                              [](const Blocker& blocker) { return blocker.kind == Blocker::Kind::no; });
  const bool forbidden =
      std::any_of(blockers.begin(), blockers.end(), [](const Blocker& blocker) { return blocker.forbidden; });
  base::Error error;
  error.kind = forbidden ? base::Kind::forbidden : no ? base::Kind::gate : base::Kind::unproven;
  const auto* missing = decision.missing();
  error.message = fmt::format(
      "{}: {}", what, missing ? "it does not hold that " + missing->predicate : "something comes first");
  if (error.kind == base::Kind::unproven && missing) {
    error.message = fmt::format("{}: it is not proven that {}", what, missing->predicate);
  }
  error.reason = list(blockers);
  if (no) {
    const bool restart = std::any_of(blockers.begin(), blockers.end(), [](const Blocker& blocker) {
      return blocker.what.find("must be restarted") != std::string::npos;
    });
    error.hint =
        restart
            ? "restart them with: kubectl istio-ca restart --workloads, or allow it with --restart-workloads"
            : "nothing was changed by this; see: kubectl istio-ca plan";
  } else {
    error.hint = "what cannot be read blocks: see why with: kubectl istio-ca verify" + waiverHint(blockers);
  }
  return error;
}

}  // namespace rotate
