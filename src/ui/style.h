#pragma once

#include <string>
#include <string_view>

namespace ui {

enum class Colour { none, red, green, yellow, cyan, bold, dim };

/// --color's values.
enum class ColourChoice { automatic, always, never };

/// What the environment says about colour, as a value for tests.
struct ColourEnvironment {
  bool noColour = false;      // NO_COLOR is set and not empty (no-color.org)
  bool dumbTerminal = false;  // TERM is "dumb" or not set
};
ColourEnvironment systemColourEnvironment();

/// The flag decides; without one, colour is for terminals that can show it and people who want it.
bool wantsColour(ColourChoice choice, bool isTerminal, const ColourEnvironment& environment);

/// Paints, or does not: text goes through here so that nothing else asks whether colour is on.
class Style {
 public:
  explicit Style(bool colour = false) : colour_(colour) {}
  [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;
  [[nodiscard]] bool colour() const { return colour_; }

 private:
  bool colour_;
};

}  // namespace ui
