#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "plan/target.h"
#include "trust/observation.h"

namespace plan {

// What a step does to the mesh: one change, by one request (RestartWorkloads: one for each workload). No key
// bytes: whoever performs an action holds those.

/// Sail: spec.values of the Istio resource gets both settings; the operator applies them.
struct EnableInIstio {
  std::string name;
};
/// Plain: ISTIO_MULTIROOT_MESH in the env of an istiod Deployment.
struct EnableInIstiod {
  std::string ns, deployment, container;
};
/// Plain: PROXY_CONFIG_XDS_AGENT in the mesh config's defaultConfig.proxyMetadata.
struct EnableInMeshConfig {
  trust::MeshConfig config;
};
struct RestartWorkloads {
  std::vector<trust::Workload> workloads;
};
/// An immutable copy of the old CA, key included, beside it.
struct BackUpCa {
  std::string secret;       // the name of the one that holds it
  std::string fingerprint;  // of the old signing certificate
  std::string bundle;       // the roots to keep with it: those from before the new one
};
/// `cacerts` for the first time: the old signer of istio-ca-secret with both roots.
struct CreateCaSecret {
  std::string caCert, certChain, bundle;
};
/// A change of `cacerts`: of its signer, or of its bundle.
struct UpdateCaSecret {
  std::string resourceVersion;  // of the observation that was judged
  std::optional<NewCa> signer;
  std::optional<std::string> bundle;
  std::string servedBefore;  // trust::servedBeforeAnnotation
  int triggers = 0;          // trust::triggersAnnotation; 0 removes it
  /// plan::removedAnnotation: of a removal; nullopt leaves it as it is.
  std::optional<std::string> removed{};
};
struct RestartIstiod {
  std::string ns, deployment;
  std::string startedFor;  // trust::startMark of the CA secret; empty if there is none
};

using Action = std::variant<EnableInIstio, EnableInIstiod, EnableInMeshConfig, RestartWorkloads, BackUpCa,
                            CreateCaSecret, UpdateCaSecret, RestartIstiod>;

}  // namespace plan
