#pragma once

#include <string>
#include <vector>

#include "ui/style.h"

namespace ui {

struct Column {
  std::string title;
  /// The fewest columns to which a narrow terminal may shorten the cells; 0: never shortened.
  std::size_t shrinkTo = 0;
};

struct Cell {
  Cell(std::string content, Colour paint = Colour::none) : text(std::move(content)), colour(paint) {}
  Cell(const char* content, Colour paint = Colour::none) : text(content), colour(paint) {}
  std::string text;
  Colour colour;
};

/// Rows under upper-case titles as kubectl prints them, aligned by what a terminal shows and not by bytes.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// One cell a column; control characters are shown as escapes.
  void add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// Title line and rows, each ending in a newline, without trailing spaces. `width` 0: as wide as needed.
  [[nodiscard]] std::string render(const Style& style, std::size_t width = 0) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t limit) const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace ui
