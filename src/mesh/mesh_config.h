#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "json/value.h"
#include "trust/observation.h"

namespace mesh {

/// What of a mesh config matters here.
struct MeshSettings {
  std::string trustDomain = "cluster.local";
  /// defaultConfig.proxyMetadata.PROXY_CONFIG_XDS_AGENT is "true". A value that is not a string does not
  /// count: Istio refuses the whole config then, for proxyMetadata maps strings to strings.
  bool xdsAgent = false;
  bool caCertificates = false;  // adds roots of its own
};

/// The YAML of a ConfigMap's key `mesh`. Errors: usage, with line and column.
base::Result<MeshSettings> parseMeshSettings(std::string_view meshYaml);

/// The name of a revision's mesh config in istiod's namespace (istio: pilot/pkg/bootstrap/mesh.go:93).
std::string meshConfigName(std::string_view revision);

/// The ConfigMap as the observation has it, and its settings. Errors: as parseMeshSettings; notFound without
/// a key `mesh`.
struct ReadMeshConfig {
  trust::MeshConfig config;
  MeshSettings settings;
};
base::Result<ReadMeshConfig> readMeshConfig(const json::Value& configMap);

/// What PROXY_CONFIG_XDS_AGENT a new pod with this proxy.istio.io/config annotation (YAML; may be empty)
/// would get over the mesh config's: proxyMetadata is merged key by key (istio:
/// pkg/config/mesh/mesh.go:145-156).
bool xdsAgentWanted(bool byMeshConfig, std::string_view annotation);

}  // namespace mesh
