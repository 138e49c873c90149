#pragma once

#include <string>
#include <string_view>

namespace json {

/// How many bytes at the start of `text` are ASCII.
std::size_t asciiLength(std::string_view text);

/// How many bytes the well-formed UTF-8 character at the start of `text` has; 0 if there is none.
std::size_t characterLength(std::string_view text);

/// The text itself if it is UTF-8; else a copy in `scratch` with each wrong byte replaced by U+FFFD.
std::string_view asUtf8(std::string_view text, std::string& scratch);

}  // namespace json
