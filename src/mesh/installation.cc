#include "mesh/installation.h"

#include "mesh/ca_secrets.h"
#include "mesh/containers.h"

namespace mesh {

std::vector<const json::Value*> inNamespace(const json::Array& sailResources,
                                            const std::string& istioNamespace) {
  std::vector<const json::Value*> found;
  for (const auto& resource : sailResources) {
    const auto ns = resource["spec"]["namespace"].text();
    if ((ns.empty() ? "istio-system" : ns) == istioNamespace) found.push_back(&resource);
  }
  return found;
}

void applyIstioResource(trust::Installation& installation, const json::Value& istio) {
  const auto& metadata = istio["metadata"];
  const auto& status = istio["status"];
  const auto& values = istio["spec"]["values"];
  installation.kind = trust::InstallationKind::sail;
  installation.istioName = metadata["name"].text();
  installation.istioGeneration = metadata["generation"].integer().value_or(0);
  installation.istioObserved = status["observedGeneration"].integer().value_or(0);
  installation.istioReady = hasCondition(status, "Ready");
  installation.istioOwners = ownersOf(metadata);
  installation.istioMultiRoot = goTrue(values["pilot"]["env"]["ISTIO_MULTIROOT_MESH"].text());
  installation.istioXdsAgent =
      goTrue(values["meshConfig"]["defaultConfig"]["proxyMetadata"]["PROXY_CONFIG_XDS_AGENT"].text());
}

}  // namespace mesh
