#pragma once

#include <string>

#include "base/result.h"
#include "json/value.h"
#include "rehearsal/mesh_settings.h"

namespace rehearsal {

/// What an istiod injects with: of its own, and of the mesh.
struct InjectionTerms {
  std::string istioNamespace, revision, service;  // "istio-system", "default", "istiod"
  std::string proxyImage;                         // "docker.io/istio/proxyv2:1.27.1"
  bool nativeSidecars = true;
  MeshSettings settings{};
};

/// The pod with a proxy in it, as istiod's webhook gives it back (istio: pkg/kube/inject/inject.go and
/// manifests/charts/istio-control/istio-discovery/files/injection-template.yaml,
/// gateway-injection-template.yaml): labels, annotations, the container with its environment, volumes. A
/// proxy.istio.io/config annotation goes over the mesh config, proxyMetadata key by key
/// (pkg/config/mesh/mesh.go:145-156). Kind::failed for an annotation that is not YAML, as istiod refuses it.
base::Result<json::Value> injected(json::Value pod, const InjectionTerms& terms);

}  // namespace rehearsal
