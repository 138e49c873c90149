#include "doctor/version.h"

#include <charconv>
#include <utility>

namespace doctor {

namespace {

/// A number at the start of the text, which it is taken from; at most five digits.
std::optional<int> number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = std::size_t(end - text.data());
  if (error != std::errc() || length == 0 || length > 5 || text.front() == '-') return std::nullopt;
  text.remove_prefix(length);
  return value;
}

bool skip(std::string_view& text, char sign) {
  if (text.empty() || text.front() != sign) return false;
  text.remove_prefix(1);
  return true;
}

Version::Stage stageOf(std::string_view suffix) {
  using Stage = Version::Stage;
  constexpr std::pair<std::string_view, Stage> words[] = {
      {"alpha", Stage::alpha}, {"dev", Stage::alpha}, {"beta", Stage::beta}, {"rc", Stage::candidate}};
  for (const auto& [word, stage] : words) {
    if (!suffix.starts_with(word)) continue;
    const auto rest = suffix.substr(word.size());
    if (rest.empty() || rest.front() == '.' || rest.front() == '-' ||
        (rest.front() >= '0' && rest.front() <= '9'))
      return stage;
  }
  return Stage::release;
}

}  // namespace

std::optional<Version> parseVersion(std::string_view tag) {
  skip(tag, 'v');
  Version version;
  const auto major = number(tag);
  if (!major || !skip(tag, '.')) return std::nullopt;
  const auto minor = number(tag);
  if (!minor) return std::nullopt;
  version.major = *major;
  version.minor = *minor;
  const bool hasPatch = skip(tag, '.');
  if (hasPatch) {
    const auto patch = number(tag);
    if (!patch) return std::nullopt;
    version.patch = *patch;
  }
  if (!tag.empty()) {
    const char sign = tag.front();
    if (sign != '-' && sign != '_' && sign != '+') return std::nullopt;
    tag.remove_prefix(1);
    version.stage = stageOf(tag);
  }
  if (!hasPatch && version.stage == Version::Stage::release) return std::nullopt;
  return version;
}

}  // namespace doctor
