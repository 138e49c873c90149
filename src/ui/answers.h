#pragma once

#include <string>

#include "json/value.h"
#include "trust/blocker.h"
#include "trust/verdict.h"
#include "ui/style.h"

namespace ui {

/// The verdict over all pairs: one line, then who is refused by whom and why, and what is unproven. Wrapped
/// at `width` columns; 0: not at all.
std::string verdictText(const trust::Verdict& verdict, const Style& style, std::size_t width = 0);
/// A predicate's answer: one line, then what stands against it by name.
std::string answerText(const trust::Answer& answer, const Style& style, std::size_t width = 0);

json::Value verdictJson(const trust::Verdict& verdict);
json::Value answerJson(const trust::Answer& answer);
json::Value blockersJson(const trust::Blockers& blockers);

}  // namespace ui
