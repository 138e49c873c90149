#pragma once

#include <optional>

#include "rehearsal/api_answer.h"
#include "rehearsal/api_request.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// What is asked by a POST and not kept: self-subject reviews, token reviews, and tokens of service accounts.
/// nullopt where the request is none of these.
std::optional<Granted<ApiAnswer>> review(const ApiRequest& request, const Store& store,
                                         const Simulation& simulation);

}  // namespace rehearsal
