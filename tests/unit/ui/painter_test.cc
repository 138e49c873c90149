#include "ui/painter.h"

#include <gtest/gtest.h>

#include "ui/text.h"

namespace {

/// A terminal as its user sees it: the bytes that Painter writes are acted upon. Rows may scroll away.
class Screen {
 public:
  Screen(std::size_t width, std::size_t height) : size_{width, height} {}

  void feed(std::string_view bytes) {
    while (!bytes.empty()) {
      const char first = bytes.front();
      std::size_t used = 1;
      if (first == '\r') column_ = 0;
      if (first == '\n') down();
      if (first == '\x1b') used = escape(bytes);
      if (static_cast<unsigned char>(first) >= ' ') {
        used = ui::unitLength(bytes);
        put(bytes.substr(0, used));
      }
      bytes.remove_prefix(used);
    }
  }
  [[nodiscard]] std::string text() const {
    std::string all;
    for (const auto& row : rows_) all += row + "|";
    return all;
  }
  ui::Size size_;
  std::size_t scrolled = 0;

 private:
  void down() {
    if (row_ + 1 == size_.height) {
      ++scrolled;
      rows_.erase(rows_.begin());
      rows_.emplace_back();
    } else if (++row_ == rows_.size()) {
      rows_.emplace_back();
    }
  }
  std::size_t escape(std::string_view bytes) {
    std::size_t end = 2;
    while (std::isdigit(static_cast<unsigned char>(bytes[end]))) ++end;
    const std::size_t count = end > 2 ? std::stoul(std::string(bytes.substr(2, end - 2))) : 0;
    if (bytes[end] == 'A') row_ -= std::min(row_, count);
    if (bytes[end] == 'K') rows_[row_].resize(std::min(rows_[row_].size(), column_));
    if (bytes[end] == 'J') {
      rows_[row_].resize(std::min(rows_[row_].size(), column_));
      rows_.resize(row_ + 1);
    }
    return end + 1;
  }
  void put(std::string_view letter) {
    std::string& row = rows_[row_];
    EXPECT_LT(column_ + 1, size_.width) << "nothing may reach the right edge";
    if (row.size() < column_ + letter.size()) row.resize(column_ + letter.size(), ' ');
    row.replace(column_, letter.size(), letter);
    column_ += letter.size();
  }

  std::vector<std::string> rows_{""};
  std::size_t row_ = 0, column_ = 0;
};

struct Fixture {
  explicit Fixture(std::size_t width = 20, std::size_t height = 6) : screen(width, height) {
    stream.setMeasure([this] { return screen.size_; });
  }
  /// What the painter has written since the last call.
  std::string written() { return std::exchange(bytes, {}); }

  std::string bytes;
  Screen screen;
  ui::Stream stream{[this](std::string_view text) -> base::Status {
                      bytes += text;
                      screen.feed(text);
                      return {};
                    },
                    true, true, 20};
  ui::Painter painter{stream};
};

TEST(Painter, RedrawsInPlaceOnlyWhatChanged) {
  Fixture f;
  f.painter.show({"one", "two"});
  EXPECT_EQ(f.written(), "\rone\x1b[K\r\ntwo\x1b[K\r\n\x1b[J");
  f.painter.show({"one", "two"});
  EXPECT_EQ(f.written(), "");
  f.painter.show({"one", "2"});
  EXPECT_EQ(f.written(), "\r\x1b[2A\n2\x1b[K\r\n\x1b[J");
  EXPECT_EQ(f.screen.text(), "one|2||");
  f.painter.show({"one"});
  EXPECT_EQ(f.screen.text(), "one||");
  f.painter.clear();
  EXPECT_EQ(f.screen.text(), "|");
}

TEST(Painter, NeverScrollsOnceDrawn) {
  Fixture f(20, 4);
  f.stream.write("before\r\n");
  const std::vector<std::string> tall(10, "row");
  f.painter.show(tall);
  EXPECT_EQ(f.screen.text(), "row|row|row||");
  EXPECT_EQ(f.screen.scrolled, 1u);
  for (int i = 0; i < 5; ++i) f.painter.show({"a" + std::to_string(i), "b", "c", "d"});
  EXPECT_EQ(f.screen.text(), "a4|b|c||");
  EXPECT_EQ(f.screen.scrolled, 1u);
}

TEST(Painter, CutsAtTheEdgeAndFollowsTheSize) {
  Fixture f(10, 6);
  f.painter.show({"0123456789abc"});
  EXPECT_EQ(f.screen.text(), "0123456..||");
  f.screen.size_.width = 30;
  f.written();
  f.painter.show({"0123456789abc"});
  EXPECT_EQ(f.screen.text(), "0123456789abc||");
  // Made narrower, the terminal has wrapped the line into two rows.
  f.screen.size_.width = 8;
  f.written();
  f.painter.show({"01"});
  EXPECT_EQ(f.written().substr(0, 5), "\r\x1b[2A");
}

TEST(Painter, TextAboveAndAnswersBelow) {
  Fixture f;
  f.painter.show({"screen"});
  f.stream.write("Do it? y\r\n");
  f.painter.wroteBelow("Do it? y");
  f.painter.show({"screen", "goes on"});
  EXPECT_EQ(f.screen.text(), "screen|goes on||");
  f.painter.clear();
  f.stream.write("note\r\n");
  f.painter.show({"screen"});
  EXPECT_EQ(f.screen.text(), "note|screen||");
  f.painter.keep();
  f.painter.show({"next"});
  EXPECT_EQ(f.screen.text(), "note|screen|next||");
}

TEST(FitLine, CountsColumnsAndEndsColours) {
  struct Case {
    std::string line;
    std::size_t width;
    std::string fitted;
  };
  const Case cases[] = {
      {"short", 5, "short"},
      {"longer", 5, "lon.."},
      {"\x1b[31mlonger\x1b[0m", 5, "\x1b[31mlon..\x1b[0m"},
      {"\x1b[31mshort\x1b[0m", 5, "\x1b[31mshort\x1b[0m"},
      {"漢字漢字", 7, "漢字.."},  // two columns each: a third would not fit
      {"e\xcc\x81"
       "e\xcc\x81"
       "eeee",
       5,
       "e\xcc\x81"
       "e\xcc\x81"
       "e.."},  // a combining accent takes none
      {"longer", 1, "l"},
      {"longer", 0, ""},
  };
  for (const Case& c : cases) EXPECT_EQ(ui::fitLine(c.line, c.width, ".."), c.fitted) << c.line;
}

}  // namespace
