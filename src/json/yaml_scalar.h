#pragma once

#include <string_view>

#include "json/value.h"

namespace json {

/// A plain (unquoted) scalar as YAML 1.2's core schema reads it: null, boolean, integer, number, or string.
/// .inf and .nan stay strings, for JSON has no such numbers.
Value resolvePlain(std::string_view text);

/// Whether some YAML reader (1.1 or 1.2; Go's is a mixture) would take the plain scalar for anything but a
/// string.
bool isAmbiguous(std::string_view text);

}  // namespace json
