#pragma once

#include <string>
#include <vector>

#include "doctor/finding.h"
#include "json/value.h"
#include "trust/observation.h"
#include "ui/style.h"
#include "ui/table.h"

namespace ui {

/// What `doctor` shows.
struct FindingsReport {
  const trust::Observation& mesh;
  const std::vector<doctor::Finding>& findings;
};
json::Value findingsJson(const FindingsReport& report);
/// Grouped, each finding with what was seen, why it matters and what to do, and a summary at the end.
std::string findingsText(const FindingsReport& report, const Style& style, std::size_t width);

/// A row for each finding, the first sighting in it; `wide`: a row for each sighting, and what to do.
Table findingsTable(const std::vector<doctor::Finding>& findings, bool wide);

/// In one line, with the first `shown` sightings: "ICA0505 workloads that are gone while they restart:
/// StatefulSet stock/server: ...".
std::string findingLine(const doctor::Finding& finding, std::size_t shown = 3);

}  // namespace ui
