#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "rehearsal/pod_maker.h"
#include "rehearsal/shape.h"
#include "rehearsal/store.h"

namespace rehearsal {

// A mesh of this shape as objects, made by `kubectl`; controllers, kubelet and istiods do the rest. In the
// order in which a real one comes to be: the cluster with its control plane first, then, when an istiod
// answers the webhook, the workloads.

/// Namespaces, service accounts, istiods with their mesh configs and webhooks (without caBundle), the Istio
/// resource, and where the mesh is plugged in a CA secret with a root and an intermediate of its own.
base::Status createControlPlane(Store& store, const Shape& shape, base::Time now);
/// The multi-root settings of istiods and mesh configs: through the Istio resource where there is one.
base::Status setMultiRoot(Store& store, const Shape& shape, bool on);
/// Those workloads whose present pods run with the setting, or without it.
base::Status createWorkloads(Store& store, PodMaker& pods, const Shape& shape, bool xdsAgent);
/// Machines, autoscalers and disruption budgets.
base::Status createSurroundings(Store& store, const Shape& shape);

/// The key of an object by its kind, as the API server finds it.
Key keyByKind(const json::Value& object);

}  // namespace rehearsal
