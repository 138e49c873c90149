#pragma once

#include "json/value.h"
#include "rehearsal/kinds.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// What the API server fills in before it stores an object: type of a secret, stringData into data, replicas,
/// labels of a namespace.
void setDefaults(const ApiKind& kind, json::Value& object);

/// Of a new Deployment, how it is rolled out where it does not say.
void setDeploymentDefaults(json::Value& deployment);
/// Of a Service: its type, an address that no other name has, the protocol and target of its ports.
void setServiceDefaults(json::Value& service);

/// Refuses what Kubernetes refuses (422, or 400 for data that is not base64), as far as a rotation meets it:
/// names, secrets (immutable ones, their type and their data), config maps, selectors. `before` is null for
/// what is new.
Granted<json::Value> validated(const ApiKind& kind, const Key& key, const json::Value* before,
                               json::Value object);

}  // namespace rehearsal
