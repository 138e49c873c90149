#include "ui/stage_table.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ui {

namespace {

constexpr int stageCount = static_cast<int>(plan::Stage::done) + 1;

Colour colourOf(plan::Decision::Kind kind) {
  return kind == plan::Decision::Kind::blocked ? Colour::red : Colour::yellow;
}

std::string names(const trust::Blockers& blockers) {
  std::vector<std::string> all;
  for (const auto& blocker : blockers) all.push_back(blocker.subject + ": " + blocker.what);
  return base::join(all, "; ");
}

}  // namespace

std::string_view kindName(plan::Decision::Kind kind) {
  switch (kind) {
    case plan::Decision::Kind::done:
      return "done";
    case plan::Decision::Kind::act:
      return "ready";
    case plan::Decision::Kind::wait:
      return "waiting";
    case plan::Decision::Kind::blocked:
      return "blocked";
  }
  return "blocked";
}

Table stageTable(const plan::Decision& decision, bool wide) {
  std::vector<Column> columns{{"STAGE"}, {"STATE"}, {"HOLDS"}, {"MISSING", 20}};
  if (wide) columns.push_back({"BLOCKERS"});
  Table table(std::move(columns));
  const bool over = decision.kind == plan::Decision::Kind::done;
  for (int i = 0; i < stageCount; ++i) {
    const auto stage = static_cast<plan::Stage>(i);
    std::vector<Cell> row{{std::string(decision.nameOf(stage))}};
    if (stage <= decision.stage) {
      row.emplace_back("reached", Colour::green);
    } else if (stage == decision.towards && !over) {
      row.emplace_back(std::string(kindName(decision.kind)), colourOf(decision.kind));
      if (const auto* missing = decision.missing()) {
        row.insert(row.end(), {{fmt::format("{} of {}", missing->holds, missing->of)}, {missing->predicate}});
        if (wide) row.emplace_back(names(decision.blockers()));
      }
    } else {
      row.emplace_back("-");
    }
    table.add(std::move(row));
  }
  return table;
}

Table stepTable(const std::vector<plan::Step>& steps, bool wide) {
  std::vector<Column> columns{{"STEP"}, {"TOWARDS"}, {"TITLE", 20}};
  if (wide) columns.push_back({"EFFECT"});
  Table table(std::move(columns));
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    table.add(
        {{std::to_string(i + 1)}, {std::string(plan::name(step.towards))}, {step.title}, {step.effect}});
  }
  return table;
}

}  // namespace ui
