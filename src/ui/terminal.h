#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "ui/style.h"
#include "ui/symbols.h"

namespace ui {

/// Of a terminal, in columns and rows.
struct Size {
  std::size_t width = 80, height = 24;
  bool operator==(const Size&) const = default;
};

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
  /// Writes what is no data, no question and no error: nothing with --quiet.
  void talk(std::string_view text) {
    if (!quiet_) write(text);
  }
  [[nodiscard]] bool quiet() const { return quiet_; }
  void setQuiet(bool quiet) { quiet_ = quiet; }

  [[nodiscard]] bool isTerminal() const { return isTerminal_; }
  /// A terminal that understands moving the cursor.
  [[nodiscard]] bool canRedraw() const { return canRedraw_; }
  /// As it is now: a terminal may be resized at any moment. 80 x 24 where there is none.
  [[nodiscard]] Size size() const { return measure_ ? measure_() : Size{width_, Size{}.height}; }
  void setMeasure(std::function<Size()> measure) { measure_ = std::move(measure); }
  /// Columns for running text: the terminal's, or 80 where there is none.
  [[nodiscard]] std::size_t width() const { return size().width; }
  /// Columns that a table may take: the terminal's, or 0 (as wide as needed) where there is none.
  [[nodiscard]] std::size_t tableWidth() const { return isTerminal_ ? width() : 0; }
  /// Beyond ASCII only for a terminal whose locale is UTF-8.
  [[nodiscard]] const Symbols& symbols() const { return ui::symbols(isTerminal_ && utf8_); }
  void setUtf8(bool utf8) { utf8_ = utf8; }
  [[nodiscard]] const Style& style() const { return style_; }
  void setStyle(Style style) { style_ = style; }

 private:
  Sink sink_ = nullptr;
  base::Status status_{};
  std::function<Size()> measure_ = nullptr;
  bool isTerminal_ = false;
  bool canRedraw_ = false;
  bool utf8_ = false;
  bool quiet_ = false;
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
/// The same with "warning:"; nothing with --quiet.
void printWarning(Stream& stream, std::string_view message, std::string_view hint = {});

}  // namespace ui
