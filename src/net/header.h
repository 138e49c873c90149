#pragma once

#include <string_view>

#include "net/http.h"

namespace net {

/// ASCII, whatever the case.
bool equalsIgnoringCase(std::string_view a, std::string_view b);
/// Whether the comma-separated list holds the token, whatever its case.
bool hasToken(std::string_view list, std::string_view token);
/// Kind::failed unless path and headers can be put on a line each: nothing of the caller's may add a header.
base::Status checkRequest(const Request& request);

}  // namespace net
