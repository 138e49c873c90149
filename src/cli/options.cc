#include "cli/options.h"

#include <charconv>

namespace cli {

bool Options::has(std::string_view name) const {
  return values_.find(name) != values_.end();
}

bool Options::on(std::string_view name) const {
  return text(name) == "true";
}

std::string Options::text(std::string_view name) const {
  if (auto found = values_.find(name); found != values_.end()) return found->second.back();
  auto fallback = defaults_.find(name);
  return fallback == defaults_.end() ? std::string() : fallback->second;
}

std::vector<std::string> Options::all(std::string_view name) const {
  if (auto found = values_.find(name); found != values_.end()) return found->second;
  auto fallback = defaults_.find(name);
  return fallback == defaults_.end() ? std::vector<std::string>() : std::vector{fallback->second};
}

base::Millis Options::duration(std::string_view name) const {
  auto parsed = base::parseDuration(text(name));
  return parsed ? *parsed : base::Millis{0};
}

int Options::number(std::string_view name) const {
  const std::string value = text(name);
  int number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

base::Error usageError(std::string message, std::string hint) {
  return {base::Kind::usage, std::move(message), {}, std::move(hint)};
}

}  // namespace cli
