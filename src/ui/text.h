#pragma once

#include <string>
#include <string_view>

namespace ui {

/// How many columns of a terminal the text takes (UTF-8; wide characters count two, combining ones and
/// colours none).
std::size_t displayWidth(std::string_view text);

/// No line takes more than `width` columns (0: any does).
bool fits(const std::string& text, std::size_t width);

/// How many bytes the first colour or letter of a text takes; 0 for an empty one.
std::size_t unitLength(std::string_view text);

/// The text with control characters (but not newlines) and bytes that are not UTF-8 as \xNN: what a server or
/// a certificate says must not steer the terminal.
std::string printable(std::string_view text);
/// The same, newlines too: what must stay one line.
std::string oneLine(std::string_view text);

/// At most `width` columns, the middle replaced by ".." if there is more.
std::string shorten(std::string_view text, std::size_t width);

/// At most `width` columns, the end replaced by ".." if there is more.
std::string cut(std::string_view text, std::size_t width);

/// One line wrapped at `width` columns (0: not at all), `indent` spaces before its first line and two more
/// before the others. Ends with a newline.
std::string hanging(std::string_view line, std::size_t width, std::size_t indent);

/// Paragraphs (separated by empty lines) wrapped at `width` columns, each line after `indent` spaces; lines
/// that begin with a space are kept as they are. Ends with a newline unless empty.
std::string wrap(std::string_view text, std::size_t width, std::size_t indent = 0);

}  // namespace ui
