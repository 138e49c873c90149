#pragma once

#include "rehearsal/api_answer.h"
#include "rehearsal/api_request.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// POST .../pods/NAME/eviction, as `kubectl drain` asks: deletes the pod unless a PodDisruptionBudget forbids
/// it, 429 then (kubernetes: pkg/registry/core/pod/storage/eviction.go). The pod is there.
Granted<ApiAnswer> evict(const ApiRequest& request, Store& store);

}  // namespace rehearsal
