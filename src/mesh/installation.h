#pragma once

#include <string>
#include <vector>

#include "json/value.h"
#include "kube/api.h"
#include "trust/observation.h"

namespace mesh {

/// The Sail operator's resources (sail-operator: api/v1/istio_types.go:35-127).
inline const kube::Resource istios{"sailoperator.io", "v1", "istios"};
inline const kube::Resource istioRevisions{"sailoperator.io", "v1", "istiorevisions"};

/// Those of the list whose spec.namespace (default istio-system) is this one.
std::vector<const json::Value*> inNamespace(const json::Array& sailResources,
                                            const std::string& istioNamespace);

/// Puts an Istio resource into the installation: it is then of kind sail.
void applyIstioResource(trust::Installation& installation, const json::Value& istio);

}  // namespace mesh
