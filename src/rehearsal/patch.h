#pragma once

#include "json/value.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// RFC 6902, in order, all or nothing. 422 where an operation cannot be done or a test fails, as
/// apiserver: pkg/endpoints/handlers/patch.go answers; 400 for what is no patch.
Granted<json::Value> jsonPatch(json::Value object, const json::Value& operations);

/// RFC 7386.
json::Value mergePatch(json::Value object, const json::Value& patch);

/// Kubernetes' own: lists with a merge key are merged, with the directives $patch, $retainKeys,
/// $deleteFromPrimitiveList/… and $setElementOrder/… (apimachinery: pkg/util/strategicpatch/patch.go).
Granted<json::Value> strategicMergePatch(json::Value object, const json::Value& patch);

}  // namespace rehearsal
