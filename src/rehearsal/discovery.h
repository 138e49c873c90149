#pragma once

#include <optional>

#include "rehearsal/api_answer.h"
#include "rehearsal/api_request.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// What the server is and has: /version, /healthz, /api, /apis and below, also aggregated
/// (APIGroupDiscoveryList), and as much of /openapi/v3 as kubectl wants to know whether the server validates
/// fields itself. nullopt for any other path.
std::optional<ApiAnswer> discover(const ApiRequest& request, const Store& store);

}  // namespace rehearsal
