#include "ui/symbols.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string>

namespace ui {

const Symbols& symbols(bool utf8) {
  static constexpr Symbols unicode{"✔", "▸", "·", "✘", "█", "░", "…"};
  static constexpr Symbols ascii{"+", ">", "-", "x", "#", ".", ".."};
  return utf8 ? unicode : ascii;
}

bool systemLocaleIsUtf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == '\0') continue;
    std::string name(value);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return name.find("utf-8") != std::string::npos || name.find("utf8") != std::string::npos;
  }
  return false;
}

}  // namespace ui
