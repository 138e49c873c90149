#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ui/style.h"

namespace ui {

/// Standard output or standard error: where bytes go and what may be done there.
class Stream {
 public:
  using Sink = std::function<base::Status(std::string_view)>;

  Stream() = default;
  Stream(Sink sink, bool isTerminal, bool canRedraw, std::size_t width)
      : sink_(std::move(sink)), isTerminal_(isTerminal), canRedraw_(canRedraw), width_(width) {}

  /// Writes all of it. The first failure is kept and ends all further output.
  void write(std::string_view text);
  [[nodiscard]] const base::Status& status() const { return status_; }

  [[nodiscard]] bool isTerminal() const { return isTerminal_; }
  /// A terminal that understands moving the cursor.
  [[nodiscard]] bool canRedraw() const { return canRedraw_; }
  /// Columns for running text: the terminal's, or 80 where there is none.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// Columns that a table may take: the terminal's, or 0 (as wide as needed) where there is none.
  [[nodiscard]] std::size_t tableWidth() const { return isTerminal_ ? width_ : 0; }
  [[nodiscard]] const Style& style() const { return style_; }
  void setStyle(Style style) { style_ = style; }

 private:
  Sink sink_ = nullptr;
  base::Status status_{};
  bool isTerminal_ = false;
  bool canRedraw_ = false;
  std::size_t width_ = 80;
  Style style_{};
};

/// The program's side of the conversation: what it prints and whether someone is there to answer.
struct Terminal {
  Stream out, err;
  /// Standard input is a terminal, so that a question reaches a person.
  bool canAsk = false;

  void setColour(ColourChoice choice, const ColourEnvironment& environment);
};

/// The process's own streams. A reader that went away (EPIPE) silences the stream and is no failure.
Terminal systemTerminal();

/// Prints "error: what: why" and "  hint: ..." to standard error.
void printError(Stream& stream, const base::Error& error);
/// The same with "warning:".
void printWarning(Stream& stream, std::string_view message, std::string_view hint = {});

}  // namespace ui
