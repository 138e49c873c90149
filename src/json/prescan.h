#pragma once

#include <optional>
#include <string_view>

#include "json/value.h"

namespace json {

/// Something in a text that must not reach RapidJSON.
struct Hostility {
  std::size_t offset;
  const char* what;
};

/// Looks at the text outside of strings, without judging whether it is JSON: nesting deeper than the limit,
/// numbers of more than 64 characters, exponents of more than 4 digits (CVE-2024-38517: RapidJSON before
/// 2024, so Debian 12's, underflows an int on them).
std::optional<Hostility> findHostility(std::string_view text, const Limits& limits);

}  // namespace json
