#pragma once

#include <map>
#include <string>
#include <string_view>

#include "json/value.h"

namespace mesh {

/// As Go's strconv.ParseBool, by which Istio reads switches from its environment (istio: pkg/env/var.go).
bool goTrue(std::string_view text);

/// The container of that name among `containers` and `initContainers` of a pod's spec; null if there is none.
const json::Value& containerNamed(const json::Value& podSpec, std::string_view name);
/// The container that runs Istio's proxy: named istio-proxy, or one whose arguments are `proxy sidecar`,
/// `proxy router` or `proxy waypoint`. Native sidecars are init containers. Null if the pod has none.
const json::Value& proxyContainer(const json::Value& podSpec);
/// Its role: "sidecar", "router", "waypoint", "ztunnel"; empty where the arguments do not say.
std::string_view proxyRole(const json::Value& container);

/// Plain values of a container's env, by name; the last of a name wins, as in the container. Values that come
/// from elsewhere (valueFrom) are not in it.
std::map<std::string, std::string> envOf(const json::Value& container);
/// One of them; empty if it is not there.
std::string_view envValue(const json::Value& container, std::string_view name);

/// The tag of its image, "1.27.1-distroless"; empty if there is none or the image is named by digest alone.
std::string_view imageTag(const json::Value& container);

/// The status of the container of that name; null if there is none yet.
const json::Value& containerStatus(const json::Value& pod, std::string_view name);
/// A condition of that type has status True.
bool hasCondition(const json::Value& status, std::string_view type);

/// The pod has run to its end, well or not.
bool ended(const json::Value& pod);

}  // namespace mesh
