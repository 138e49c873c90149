#pragma once

#include <optional>

#include "json/value.h"
#include "trust/observation.h"

namespace mesh {

/// The object that a restart would be asked of, from a pod's controlling owner: a ReplicaSet whose name ends
/// with the pod's pod-template-hash is a Deployment's (kubernetes: pkg/controller/deployment/sync.go); any
/// other is itself.
trust::Workload workloadOf(const json::Value& pod);

/// A pod as a proxy, its secrets not read yet; nullopt if it runs none, or has ended (phase Succeeded or
/// Failed). xdsAgentWanted is what the pod's own annotation gives over `xdsAgentByMesh`, its mesh config's.
std::optional<trust::Proxy> proxyOf(const json::Value& pod, bool xdsAgentByMesh);
/// The revision that injected it; empty for the default one (istio: pkg/kube/client.go:1161-1178).
std::string revisionOf(const json::Value& pod);

/// A ztunnel's pod (label app=ztunnel, or arguments `proxy ztunnel`); nullopt for others and for those that
/// have ended.
std::optional<trust::Ztunnel> ztunnelOf(const json::Value& pod);

/// An istiod's pod (label app=istiod), its serving certificate not read yet; nullopt for other pods and for
/// those that have ended.
std::optional<trust::Istiod> istiodOf(const json::Value& pod);
/// Its container runs.
bool istiodRuns(const json::Value& pod);
trust::IstiodDeployment istiodDeploymentOf(const json::Value& deployment);
/// The tag of the image of its container, or the version by its labels; empty if neither says.
std::string istioVersionOf(const json::Value& pod);

}  // namespace mesh
