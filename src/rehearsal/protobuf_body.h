#pragma once

#include <string_view>

#include "json/value.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// The object in a body of type application/vnd.kubernetes.protobuf, as JSON would have it. kubectl's typed
/// clients send nothing else for `create`, `auth` and DeleteOptions, and do not fall back to JSON on a 415
/// (client-go: rest/request.go UseProtobufAsDefault). Refuses (415) kinds that are not among
/// protobufMessages(), and (400) what is no such object, or has a field that would be lost.
Granted<json::Value> readProtobuf(std::string_view body);

}  // namespace rehearsal
