#pragma once

#include <optional>
#include <string>
#include <vector>

#include "doctor/finding.h"
#include "plan/plan.h"
#include "trust/invariants.h"
#include "trust/observation.h"

namespace ui {

/// One event of a rotation's journal, as text.
struct HistoryLine {
  std::string time, run, what, stage, story;
};

/// What `report` shows.
struct HtmlReport {
  const trust::Observation& mesh;
  std::optional<plan::Decision> decision;  // none: the stage cannot be told
  std::string undecided;                   // why not
  std::vector<trust::Invariant> invariants;
  std::vector<doctor::Finding> findings;
  std::vector<HistoryLine> history;
  std::string historyUnread;  // why there is no journal to show; empty: it was read, or is not there
  std::string version;        // of this program
};

/// One page that needs nothing else: no network, no script, no font of its own. Light and dark, to be
/// printed, and readable without colours.
std::string htmlReport(const HtmlReport& report);

}  // namespace ui
