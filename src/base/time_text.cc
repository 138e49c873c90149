#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace base {

namespace {

/// Reads a text from left to right; each call takes what it read.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool atEnd() const { return rest_.empty(); }
  bool take(char wanted) {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// Exactly `width` decimal digits.
  std::optional<int> number(std::size_t width) {
    if (rest_.size() < width) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    return value;
  }
  std::string_view takeWhile(bool (*wanted)(char)) {
    std::size_t length = 0;
    while (length < rest_.size() && wanted(rest_[length])) ++length;
    const auto taken = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return taken;
  }

 private:
  std::string_view rest_;
};

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isNumeric(char c) {
  return isDigit(c) || c == '.';
}
bool isUnit(char c) {
  return !isNumeric(c);
}

/// "Z" or "+02:00"; what to subtract to get UTC.
std::optional<Seconds> scanOffset(Scanner& scan) {
  if (scan.take('Z')) return Seconds(0);
  const bool east = scan.take('+');
  if (!east && !scan.take('-')) return std::nullopt;
  const auto hours = scan.number(2);
  if (!hours || !scan.take(':')) return std::nullopt;
  const auto minutes = scan.number(2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const Seconds offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return east ? offset : -offset;
}

std::optional<std::chrono::sys_days> scanDate(Scanner& scan) {
  const auto year = scan.number(4);
  if (!year || !scan.take('-')) return std::nullopt;
  const auto month = scan.number(2);
  if (!month || !scan.take('-')) return std::nullopt;
  const auto day = scan.number(2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(unsigned(*month)),
                                         std::chrono::day(unsigned(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

std::optional<Seconds> scanTimeOfDay(Scanner& scan) {
  const auto hours = scan.number(2);
  if (!hours || !scan.take(':')) return std::nullopt;
  const auto minutes = scan.number(2);
  if (!minutes || !scan.take(':')) return std::nullopt;
  const auto seconds = scan.number(2);
  if (!seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  if (scan.take('.') && scan.takeWhile(isDigit).empty()) return std::nullopt;
  return std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + Seconds(*seconds);
}

std::optional<Time> scanTime(Scanner& scan) {
  const auto date = scanDate(scan);
  if (!date || !scan.take('T')) return std::nullopt;
  const auto timeOfDay = scanTimeOfDay(scan);
  if (!timeOfDay) return std::nullopt;
  const auto offset = scanOffset(scan);
  if (!offset || !scan.atEnd()) return std::nullopt;
  return *date + *timeOfDay - *offset;
}

std::optional<double> millisOf(std::string_view unit) {
  struct Unit {
    std::string_view name;
    double millis;
  };
  static constexpr std::array<Unit, 9> units{{{"ns", 1e-6},
                                              {"us", 1e-3},
                                              {"\u00b5s", 1e-3},  // micro sign
                                              {"\u03bcs", 1e-3},  // Greek mu
                                              {"ms", 1},
                                              {"s", 1e3},
                                              {"m", 60e3},
                                              {"h", 3600e3},
                                              {"d", 86400e3}}};
  for (const auto& [name, millis] : units)
    if (name == unit) return millis;
  return std::nullopt;
}

std::optional<double> scanDuration(Scanner& scan) {
  const bool negative = scan.take('-');
  if (!negative) scan.take('+');
  double total = 0;
  do {
    const auto digits = scan.takeWhile(isNumeric);
    double value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    const auto unit = scan.takeWhile(isUnit);
    if (unit.empty() && value == 0 && total == 0 && scan.atEnd()) return 0;  // "0" alone needs no unit
    const auto millis = millisOf(unit);
    if (!millis) return std::nullopt;
    total += value * *millis;
  } while (!scan.atEnd());
  return negative ? -total : total;
}

}  // namespace

std::string formatTime(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", int(date.year()), unsigned(date.month()),
                     unsigned(date.day()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

Result<Time> parseTime(std::string_view text) {
  Scanner scan(text);
  if (const auto time = scanTime(scan)) return *time;
  return fail({.message = fmt::format("'{}' is not a time", text.substr(0, 64)),
               .reason = "a time is written like 2026-11-24T01:02:03Z (RFC 3339)"});
}

std::string formatDuration(Seconds duration) {
  struct Unit {
    char name;
    std::int64_t seconds;
  };
  static constexpr std::array<Unit, 5> units{
      {{'y', 365 * 86400}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
  const bool negative = duration < Seconds(0);
  std::int64_t left = negative ? -duration.count() : duration.count();
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (left < units[i].seconds && i + 1 < units.size()) continue;
    std::string text = fmt::format("{}{}{}", negative ? "-" : "", left / units[i].seconds, units[i].name);
    if (i + 1 == units.size()) return text;
    const auto next = left % units[i].seconds / units[i + 1].seconds;
    return next == 0 ? text : fmt::format("{}{}{}", text, next, units[i + 1].name);
  }
  return "0s";
}

Result<Millis> parseDuration(std::string_view text) {
  Scanner scan(text);
  const auto millis = scanDuration(scan);
  constexpr double longest = 290.0 * 365 * 86400e3;  // what Go's int64 of nanoseconds can hold
  if (millis && std::abs(*millis) < longest) return Millis(std::llround(*millis));
  return fail({.kind = Kind::usage,
               .message = fmt::format("'{}' is not a duration", text.substr(0, 64)),
               .reason = "a duration is written like 90s, 5m, 1h30m or 30d"});
}

}  // namespace base
