#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "net/http.h"

namespace net {

/// ASCII, whatever the case.
bool equalsIgnoringCase(std::string_view a, std::string_view b);
/// Whether the comma-separated list holds the token, whatever its case.
bool hasToken(std::string_view list, std::string_view token);
/// Digits alone, in that base.
std::optional<std::size_t> wholeNumber(std::string_view text, int base);
/// What the head of a message may have, in bytes.
inline constexpr std::size_t largestHead = 64 << 10;
/// Kind::failed unless path and headers can be put on a line each: nothing of the caller's may add a header.
base::Status checkRequest(const Request& request);

}  // namespace net
