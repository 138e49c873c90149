#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "json/value.h"
#include "rehearsal/built_in_mesh.h"
#include "rotate/entry.h"
#include "ui/style.h"

namespace cli {

/// How long a stage took, in the mesh's own time.
struct StageTime {
  std::string stage;
  base::Millis took{0};
};

/// What a rehearsal came to.
struct RehearsalReport {
  rehearsal::Shape shape;
  std::vector<std::string> notes{};   // what is not as in the mesh that it stands for
  std::vector<std::string> faults{};  // as they were asked for
  bool byTheBook = false;
  int exitCode = 0;
  std::vector<std::string> stopped{};  // the error, in lines, if it did not reach its end
  std::vector<StageTime> stages{};
  base::Millis took{0};  // all of it, in the mesh's own time
  rehearsal::TrafficReport traffic{};
  rehearsal::Load load{};
  rehearsal::Restarted restarted{};
};

/// Of the last rotation in a journal: from one arrival to the next.
std::vector<StageTime> stageTimesOf(const std::vector<rotate::Entry>& entries);

json::Value rehearsalJson(const RehearsalReport& report);
std::string rehearsalText(const RehearsalReport& report, const ui::Style& style, std::size_t width);

}  // namespace cli
