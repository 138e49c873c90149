#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "net/http.h"

namespace kube {

/// How long to wait before the same request is sent again; nullopt if what came is final. `tries` is how
/// often it has been sent. Reads: 429 and 503 (as Retry-After says, else with growing pauses), and broken
/// connections a few times. Writes: 429 alone, for there the server says that it did nothing.
std::optional<base::Millis> retryDelay(std::string_view method, const base::Result<net::Response>& answer,
                                       int tries);

}  // namespace kube
