#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "json/value.h"
#include "rotate/entry.h"
#include "ui/html_report.h"
#include "ui/style.h"
#include "ui/table.h"

namespace cli {

/// `journal -o json`: each rotation's entries as they stand.
json::Value journalJson(const std::vector<std::vector<rotate::Entry>>& rotations);
/// The story of each rotation, newest last. Wrapped at `width` columns; 0: not at all.
std::string journalText(const std::vector<std::vector<rotate::Entry>>& rotations, const ui::Style& style,
                        std::size_t width);

/// A row for each entry of all rotations, gates too; `wide` adds who, the run's whole name and the requests.
ui::Table journalTable(const std::vector<std::vector<rotate::Entry>>& rotations, bool wide);
/// "run/NAME" of each run, once.
std::vector<std::string> journalNames(const std::vector<std::vector<rotate::Entry>>& rotations);

/// The same as lines of text, newest last.
std::vector<ui::HistoryLine> historyOf(const std::vector<std::vector<rotate::Entry>>& rotations);

/// "CN = Root CA (9b1e77d2)".
std::string shortName(const rotate::Named& certificate);
std::string shortNames(const std::vector<rotate::Named>& certificates);

/// An error's lines as one: "...: shop/a: ...; shop/b: ...".
std::string flat(std::string_view text);

/// "2m10s" between two times of entries.
std::string between(const std::string& from, const std::string& to);

}  // namespace cli
