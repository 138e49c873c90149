#include "ui/table.h"

#include <algorithm>
#include <numeric>

#include "ui/text.h"

namespace ui {
namespace {

constexpr std::size_t gap = 2;

}  // namespace

void Table::add(std::vector<Cell> row) {
  row.resize(columns_.size(), Cell(""));
  for (Cell& cell : row) cell.text = oneLine(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Table::widths(std::size_t limit) const {
  std::vector<std::size_t> widths;
  for (const Column& column : columns_) widths.push_back(displayWidth(column.title));
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], displayWidth(row[i].text));
  }
  if (limit == 0 || columns_.empty()) return widths;
  std::size_t total = std::accumulate(widths.begin(), widths.end(), gap * (columns_.size() - 1));
  for (std::size_t i = columns_.size(); i-- > 0 && total > limit;) {
    std::size_t least = columns_[i].shrinkTo;
    if (least == 0) continue;
    least = std::max(least, displayWidth(columns_[i].title));
    if (widths[i] <= least) continue;
    std::size_t taken = std::min(widths[i] - least, total - limit);
    widths[i] -= taken;
    total -= taken;
  }
  return widths;
}

std::string Table::render(const Style& style, std::size_t width) const {
  const std::vector<std::size_t> sizes = widths(width);
  std::string out;
  auto line = [&](const std::vector<Cell>& cells) {
    std::size_t pending = 0;  // spaces not yet written: none at the end of a line
    for (std::size_t i = 0; i < cells.size(); ++i) {
      std::string text = shorten(cells[i].text, sizes[i]);
      std::size_t used = displayWidth(text);
      if (used > 0) {
        out.append(pending, ' ').append(style.paint(cells[i].colour, text));
        pending = 0;
      }
      pending += sizes[i] - used + gap;
    }
    out += '\n';
  };
  std::vector<Cell> titles;
  for (const Column& column : columns_) titles.emplace_back(column.title);
  line(titles);
  for (const auto& row : rows_) line(row);
  return out;
}

}  // namespace ui
