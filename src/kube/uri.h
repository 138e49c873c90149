#pragma once

#include <string>
#include <string_view>

namespace kube {

/// Percent-encodes everything but RFC 3986's unreserved characters: fit for a path segment and for a query's
/// name or value.
std::string percentEncode(std::string_view text);
/// The reverse; a % that is not followed by two hex digits stays as it is.
std::string percentDecode(std::string_view text);

}  // namespace kube
