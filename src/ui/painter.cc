#include "ui/painter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/suspend.h"
#include "ui/text.h"

namespace ui {
namespace {

constexpr std::string_view toEndOfLine = "\x1b[K", toEndOfScreen = "\x1b[J", plain = "\x1b[0m";

std::string upBy(std::size_t rows) {
  return rows == 0 ? "\r" : fmt::format("\r\x1b[{}A", rows);
}

}  // namespace

std::string fitLine(std::string_view line, std::size_t width, std::string_view more) {
  if (displayWidth(line) <= width) return std::string(line);
  const bool sign = displayWidth(more) <= width;
  const std::size_t room = sign ? width - displayWidth(more) : width;
  // Whole colours and letters are taken as long as they fit: the text is cut where it would not.
  std::string kept;
  std::size_t used = 0;
  while (!line.empty()) {
    const std::size_t length = unitLength(line);
    const std::string_view unit = line.substr(0, length);
    const std::size_t size = unit.front() == '\x1b' ? 0 : displayWidth(unit);
    if (used + size > room) break;
    used += size;
    kept += unit;
    line.remove_prefix(length);
  }
  if (sign) kept += more;
  if (kept.find('\x1b') != std::string::npos) kept += plain;
  return kept;
}

std::size_t Painter::rowsAt(std::size_t width) const {
  std::size_t rows = 0;
  for (const std::string& line : drawn_)
    rows += std::max<std::size_t>(1, (displayWidth(line) + width - 1) / width);
  return rows;
}

void Painter::forgetIfAway() {
  if (base::returns() == returns_) return;
  returns_ = base::returns();
  drawn_.clear();
}

void Painter::show(const std::vector<std::string>& lines) {
  forgetIfAway();
  const Size size = stream_.size();
  std::vector<std::string> next;
  const std::size_t most = std::max<std::size_t>(size.height, 2) - 1;  // the cursor's own row is the last
  for (const std::string& line : lines) {
    if (next.size() == most) break;
    // A full line would leave the cursor at the right edge, where terminals differ.
    next.push_back(fitLine(line, std::max<std::size_t>(size.width, 2) - 1, stream_.symbols().more));
  }
  const bool resized = size != size_ && !drawn_.empty();
  if (!resized && next == drawn_) return;
  std::string out = upBy(rowsAt(std::max<std::size_t>(size.width, 1)));
  for (std::size_t i = 0; i < next.size(); ++i) {
    const bool same = !resized && i < drawn_.size() && drawn_[i] == next[i];
    if (!same) out.append(next[i]).append(toEndOfLine);
    out += same ? "\n" : "\r\n";
  }
  stream_.write(out.append(toEndOfScreen));
  drawn_ = std::move(next);
  size_ = size;
}

void Painter::clear() {
  forgetIfAway();
  if (drawn_.empty()) return;
  stream_.write(upBy(rowsAt(std::max<std::size_t>(stream_.size().width, 1))).append(toEndOfScreen));
  drawn_.clear();
}

void Painter::wroteBelow(std::string_view text) {
  drawn_.emplace_back(text);
}

}  // namespace ui
