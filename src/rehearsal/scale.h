#pragma once

#include "json/value.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// The scale subresource of a Deployment, ReplicaSet or StatefulSet (autoscaling/v1).
json::Value scaleOf(const json::Value& object);
/// The object with the replicas of a Scale.
Granted<json::Value> scaled(const json::Value& object, const json::Value& scale);

}  // namespace rehearsal
