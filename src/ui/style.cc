#include "ui/style.h"

#include <cstdlib>

namespace ui {
namespace {

std::string_view code(Colour colour) {
  switch (colour) {
    case Colour::none:
      return "";
    case Colour::red:
      return "31";
    case Colour::green:
      return "32";
    case Colour::yellow:
      return "33";
    case Colour::cyan:
      return "36";
    case Colour::bold:
      return "1";
    case Colour::dim:
      return "2";
  }
  return "";
}

}  // namespace

ColourEnvironment systemColourEnvironment() {
  const char* noColour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return {.noColour = noColour != nullptr && *noColour != '\0',
          .dumbTerminal = term == nullptr || std::string_view(term) == "dumb"};
}

bool wantsColour(ColourChoice choice, bool isTerminal, const ColourEnvironment& environment) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  return isTerminal && !environment.noColour && !environment.dumbTerminal;
}

std::string Style::paint(Colour colour, std::string_view text) const {
  if (!colour_ || colour == Colour::none || text.empty()) return std::string(text);
  std::string painted = "\x1b[";
  painted.append(code(colour)).append("m").append(text).append("\x1b[0m");
  return painted;
}

}  // namespace ui
