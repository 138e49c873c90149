#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/terminal.h"

namespace ui {

/// Draws lines below what the terminal shows and again in their place. Changes no mode of the terminal and
/// does not hide its cursor, which rests below the lines: whatever ends the program, there is nothing to
/// restore.
class Painter {
 public:
  /// `stream` (one that can redraw) is borrowed.
  explicit Painter(Stream& stream) : stream_(stream) {}

  /// Draws these lines (coloured or not, without newlines) in place of the last ones; nothing is written if
  /// they are the same. What does not fit is cut: a line at the right edge, the last lines at the bottom.
  void show(const std::vector<std::string>& lines);
  /// Erases what was drawn, for text that is to stay above.
  void clear();
  /// What was drawn stays; the next lines come below it.
  void keep() { drawn_.clear(); }
  /// The next drawing replaces what someone else has written below the lines too: a question, its answer and
  /// the newline after it.
  void wroteBelow(std::string_view text);

 private:
  /// How many rows the drawn lines take now: a terminal that was made narrower has wrapped them.
  [[nodiscard]] std::size_t rowsAt(std::size_t width) const;
  /// The terminal was left and come back to (Ctrl-Z, fg): who knows what it shows.
  void forgetIfAway();

  Stream& stream_;
  std::vector<std::string> drawn_{};
  Size size_{};
  unsigned returns_ = 0;
};

/// At most `width` columns, colours kept, the end replaced by `more` if there is more.
std::string fitLine(std::string_view line, std::size_t width, std::string_view more);

}  // namespace ui
