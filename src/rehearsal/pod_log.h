#pragma once

#include "rehearsal/api_answer.h"
#include "rehearsal/api_request.h"

namespace rehearsal {

/// GET .../pods/NAME/log: how a container started and ended, with the message of its program (why an istiod
/// refuses its CA, for one), and what the program logged meanwhile. `previous`, `tailLines` and `timestamps`
/// are heeded; with `follow` the answer ends, too.
Granted<ApiAnswer> logOf(const ApiRequest& request, const json::Value& pod, const Pods& pods);

}  // namespace rehearsal
