#include "json/prescan.h"

#include <cstring>

namespace json {

namespace {

constexpr std::size_t longestNumber = 64;
constexpr std::size_t longestExponent = 4;

bool isNumeric(char c) {
  return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E';
}

/// The offset behind the string that starts at `begin`, or the end of the text.
std::size_t skipString(std::string_view text, std::size_t begin) {
  std::size_t from = begin + 1;
  while (from < text.size()) {
    const void* quote = std::memchr(text.data() + from, '"', text.size() - from);
    if (quote == nullptr) break;
    const auto end = std::size_t(static_cast<const char*>(quote) - text.data());
    std::size_t backslashes = 0;
    while (end - backslashes > from && text[end - backslashes - 1] == '\\') ++backslashes;
    from = end + 1;
    if (backslashes % 2 == 0) return from;
  }
  return text.size();
}

const char* hostileNumber(std::string_view number) {
  if (number.size() > longestNumber) return "a number of more than 64 characters";
  for (std::size_t e = number.find_first_of("eE"); e != std::string_view::npos;
       e = number.find_first_of("eE", e + 1)) {
    const auto digits = number.find_first_of("0123456789", e + 1);
    if (digits != std::string_view::npos && number.size() - digits > longestExponent) {
      return "a number with an exponent of more than 4 digits";
    }
  }
  return nullptr;
}

}  // namespace

std::optional<Hostility> findHostility(std::string_view text, const Limits& limits) {
  int depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skipString(text, at);
    } else if ((c >= '0' && c <= '9') || c == '-') {
      std::size_t end = at;
      while (end < text.size() && isNumeric(text[end])) ++end;
      if (const char* what = hostileNumber(text.substr(at, end - at))) return Hostility{at, what};
      at = end;
    } else {
      if (c == '[' || c == '{') ++depth;
      if (c == ']' || c == '}') --depth;
      if (depth > limits.depth) return Hostility{at, "nesting too deep"};
      ++at;
    }
  }
  return std::nullopt;
}

}  // namespace json
