#pragma once

#include <vector>

#include "plan/plan.h"
#include "ui/table.h"

namespace ui {

/// A row for each stage in its order: reached, ready, waiting or blocked, or to come; and what is missing for
/// it. `wide` names what stands in the way.
Table stageTable(const plan::Decision& decision, bool wide);

/// A row for each step: number, stage, title; `wide` adds what it changes.
Table stepTable(const std::vector<plan::Step>& steps, bool wide);

/// "done", "ready", "waiting", "blocked".
std::string_view kindName(plan::Decision::Kind kind);

}  // namespace ui
