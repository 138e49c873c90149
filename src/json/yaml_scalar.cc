#include "json/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace json {

namespace {

template <std::size_t N>
bool isOneOf(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> trues{"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> falses{"false", "False", "FALSE"};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

template <class Number, class... Base>
std::optional<Number> whole(std::string_view text, Base... base) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base...);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// [-+]? ( [0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+ )
std::optional<std::int64_t> integer(std::string_view text) {
  if (text.starts_with("0o") && text.size() > 2 && text[2] != '-')
    return whole<std::int64_t>(text.substr(2), 8);
  if (text.starts_with("0x") && text.size() > 2 && text[2] != '-')
    return whole<std::int64_t>(text.substr(2), 16);
  if (text.starts_with('+') && text.size() > 1 && isDigit(text[1])) text.remove_prefix(1);
  return whole<std::int64_t>(text);
}

/// [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?
std::optional<double> floating(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with('+') || digits.starts_with('-')) digits.remove_prefix(1);
  const bool begins = !digits.empty() &&
                      (isDigit(digits[0]) || (digits.size() > 1 && digits[0] == '.' && isDigit(digits[1])));
  if (!begins) return std::nullopt;  // from_chars reads "inf" and "nan", too
  return whole<double>(text.starts_with('+') ? text.substr(1) : text, std::chars_format::general);
}

}  // namespace

Value resolvePlain(std::string_view text) {
  if (isOneOf(text, nulls)) return {};
  if (isOneOf(text, trues)) return true;
  if (isOneOf(text, falses)) return false;
  if (const auto value = integer(text)) return *value;
  if (const auto value = floating(text)) return *value;
  return text;
}

bool isAmbiguous(std::string_view text) {
  std::string lower(text.substr(0, 8));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : char(c); });
  constexpr std::array<std::string_view, 12> words{"",   "~",  "null", "true", "false", "yes",
                                                   "no", "on", "off",  "y",    "n",     "<<"};
  if (text.size() <= 8 && isOneOf(lower, words)) return true;
  // Numbers in any base, with underscores, sexagesimals, dates, .inf: whatever starts like a number.
  const auto first = text.find_first_not_of("+-.");
  if (first == std::string_view::npos || isDigit(text[first])) return true;
  return text[0] == '.' || text[0] == '+' || text[0] == '-';
}

}  // namespace json
