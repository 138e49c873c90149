#pragma once

#include <string_view>

namespace ui {

/// The signs that a screen is drawn with: each one column wide, but for `more`.
struct Symbols {
  std::string_view done, now, todo, failed;  // before a stage or a predicate
  std::string_view full, empty;              // of a bar
  std::string_view more;                     // where something was left out
};

/// Unicode where the terminal's locale is UTF-8, else ASCII.
const Symbols& symbols(bool utf8);

/// LC_ALL, LC_CTYPE and LANG, the first that is set and not empty, names UTF-8 (POSIX, "Environment
/// Variables", 8.2).
bool systemLocaleIsUtf8();

}  // namespace ui
