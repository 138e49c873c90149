#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "json/value.h"
#include "rotate/entry.h"
#include "ui/style.h"

namespace cli {

/// `journal -o json`: each rotation's entries as they stand.
json::Value journalJson(const std::vector<std::vector<rotate::Entry>>& rotations);
/// The story of each rotation, newest last. Wrapped at `width` columns; 0: not at all.
std::string journalText(const std::vector<std::vector<rotate::Entry>>& rotations, const ui::Style& style,
                        std::size_t width);

/// "CN = Root CA (9b1e77d2)".
std::string shortName(const rotate::Named& certificate);
std::string shortNames(const std::vector<rotate::Named>& certificates);

/// An error's lines as one: "...: shop/a: ...; shop/b: ...".
std::string flat(std::string_view text);

/// "2m10s" between two times of entries.
std::string between(const std::string& from, const std::string& to);

}  // namespace cli
