#include "ui/text.h"

#include <fmt/format.h>
#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace ui {
namespace {

/// wcwidth and mbrtowc go by the thread's locale; this one is UTF-8 wherever the program runs.
class Utf8Locale {
 public:
  Utf8Locale() : previous_(uselocale(instance())) {}
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() { uselocale(previous_); }

 private:
  static locale_t instance() {
    static const locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return utf8;  // null (no such locale) changes nothing: then only ASCII counts right
  }
  locale_t previous_;
};

struct Glyph {
  std::string_view bytes;
  int width;  // -1: not printable
};

/// Of a text that is not empty; the locale is UTF-8.
Glyph firstGlyph(std::string_view text) {
  wchar_t wide = 0;
  mbstate_t state{};
  std::size_t length = mbrtowc(&wide, text.data(), text.size(), &state);
  const bool valid = length != 0 && length <= text.size();  // 0: a NUL; more: not UTF-8
  if (!valid) length = 1;
  return {text.substr(0, length), valid ? wcwidth(wide) : -1};
}

std::vector<Glyph> glyphs(std::string_view text) {
  const Utf8Locale locale;
  std::vector<Glyph> all;
  while (!text.empty()) {
    all.push_back(firstGlyph(text));
    text.remove_prefix(all.back().bytes.size());
  }
  return all;
}

constexpr std::string_view colourBegin = "\x1b[";

/// Of what Style writes, at the beginning of the text.
std::size_t colourLength(std::string_view text) {
  return std::min(text.find('m'), text.size() - 1) + 1;
}

/// The text without what Style puts into it.
std::string withoutColours(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t escape = std::min(text.find(colourBegin), text.size());
    out += text.substr(0, escape);
    text.remove_prefix(escape);
    text.remove_prefix(text.empty() ? 0 : colourLength(text));
  }
  return out;
}

std::string escaped(std::string_view bytes) {
  std::string out;
  for (unsigned char byte : bytes) out += fmt::format("\\x{:02x}", byte);
  return out;
}

std::string escapeControls(std::string_view text, bool keepNewlines) {
  std::string out;
  for (const Glyph& glyph : glyphs(text)) {
    if (glyph.width >= 0 || (keepNewlines && glyph.bytes == "\n")) {
      out += glyph.bytes;
    } else {
      out += escaped(glyph.bytes);
    }
  }
  return out;
}

void appendParagraph(std::string& out, std::string_view paragraph, std::size_t width, std::size_t indent) {
  std::size_t column = 0;
  while (!paragraph.empty()) {
    std::size_t end = std::min(paragraph.find(' '), paragraph.size());
    std::string_view word = paragraph.substr(0, end);
    paragraph.remove_prefix(std::min(end + 1, paragraph.size()));
    if (word.empty()) continue;
    std::size_t size = displayWidth(word);
    if (column > 0 && column + 1 + size > width) {
      out += '\n';
      column = 0;
    }
    if (column == 0) {
      out.append(indent, ' ');
      column = indent;
    } else {
      out += ' ';
      ++column;
    }
    out += word;
    column += size;
  }
  out += '\n';
}

}  // namespace

std::size_t displayWidth(std::string_view text) {
  std::size_t width = 0;
  const std::string plain = withoutColours(text);
  for (const Glyph& glyph : glyphs(plain))
    width += glyph.width < 0 ? 1 : static_cast<std::size_t>(glyph.width);
  return width;
}

bool fits(const std::string& text, std::size_t width) {
  if (width == 0) return true;
  const auto lines = base::split(text, '\n');
  return std::all_of(lines.begin(), lines.end(),
                     [&](const std::string& line) { return displayWidth(line) <= width; });
}

std::size_t unitLength(std::string_view text) {
  if (text.empty()) return 0;
  if (text.starts_with(colourBegin)) return colourLength(text);
  const Utf8Locale locale;
  return firstGlyph(text).bytes.size();
}

std::string printable(std::string_view text) {
  return escapeControls(text, true);
}

std::string oneLine(std::string_view text) {
  return escapeControls(text, false);
}

std::string shorten(std::string_view text, std::size_t width) {
  if (displayWidth(text) <= width) return std::string(text);
  if (width < 4) return std::string(width, '.');
  const std::vector<Glyph> all = glyphs(text);
  const std::size_t wanted = width - 2;
  std::string head;
  std::size_t used = 0, first = 0;
  for (; first < all.size(); ++first) {
    auto size = static_cast<std::size_t>(std::max(all[first].width, 0));
    if (used + size > (wanted + 1) / 2) break;
    used += size;
    head += all[first].bytes;
  }
  std::string tail;
  for (std::size_t last = all.size(); last > first; --last) {
    auto size = static_cast<std::size_t>(std::max(all[last - 1].width, 0));
    if (used + size > wanted) break;
    used += size;
    tail.insert(0, all[last - 1].bytes);
  }
  return head + ".." + tail;
}

std::string cut(std::string_view text, std::size_t width) {
  if (displayWidth(text) <= width) return std::string(text);
  std::string head;
  std::size_t used = 2;
  for (const Glyph& glyph : glyphs(text)) {
    const auto size = static_cast<std::size_t>(std::max(glyph.width, 0));
    if (used + size > width) break;
    used += size;
    head += glyph.bytes;
  }
  return head + "..";
}

std::string hanging(std::string_view line, std::size_t width, std::size_t indent) {
  if (width == 0) return std::string(indent, ' ').append(line) + "\n";
  std::string out;
  appendParagraph(out, line, width, indent + 2);
  return out.substr(std::min<std::size_t>(2, out.size()));
}

std::string wrap(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out, paragraph;
  auto flush = [&] {
    if (!paragraph.empty()) appendParagraph(out, paragraph, width, indent);
    paragraph.clear();
  };
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == ' ') {
      flush();
      if (!line.empty()) out.append(indent, ' ').append(line);
      out += '\n';
    } else {
      if (!paragraph.empty()) paragraph += ' ';
      paragraph += line;
    }
  }
  flush();
  return out;
}

}  // namespace ui
