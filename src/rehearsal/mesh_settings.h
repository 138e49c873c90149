#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// What of the mesh config matters to Istio's programs.
struct MeshSettings {
  std::string trustDomain = "cluster.local";
  json::Value defaultConfig{};
  std::vector<std::string> caCertificates{};  // PEM, roots for the agents that listen
};

/// Of a revision ("" is "default"), from its ConfigMap in istiod's namespace; defaults where there is none or
/// it is broken, as istiod starts with (istio: pilot/pkg/bootstrap/mesh.go).
MeshSettings meshSettings(const Store& store, const std::string& ns, const std::string& revision);

/// As Go's strconv.ParseBool reads it.
bool goTrue(std::string_view text);
/// The plain value of a container's env; empty if there is none.
std::string envOf(const json::Value& container, std::string_view name);
/// The container of that name among containers and init containers of a pod; null if there is none.
const json::Value& containerOf(const json::Value& pod, std::string_view name);
/// The minor version of Istio 1 by an image's tag ("1.27.1-distroless": 27); the newest for another tag.
int minorVersion(std::string_view image);

}  // namespace rehearsal
