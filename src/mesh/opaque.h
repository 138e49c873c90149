#pragma once

#include <vector>

#include "json/value.h"
#include "trust/observation.h"

namespace mesh {

/// The pod takes part in the mesh, but what it presents and trusts cannot be read from its Envoy or does not
/// come from istiod alone: certificates of SPIRE (WORKLOAD_IDENTITY_SOCKET_FILE, a volume of csi.spiffe.io),
/// certificates from files (FILE_MOUNTED_CERTS), a provisioned certificate towards istiod (PROV_CERT),
/// proxyless gRPC (DISABLE_ENVOY, or injected by a template grpc-*), agentgateway, which has no pilot-agent.
/// Such a pod is no proxy of the observation. Takes all of them out of `pods`; gives those that have not
/// ended, each with its workload and the reason.
std::vector<trust::Opaque> takeOpaque(json::Array& pods);

/// WorkloadEntry objects that stand for machines in the mesh: registered by themselves, with a service
/// account, or with mTLS on; those of services outside it carry none of these.
std::vector<trust::Opaque> opaqueMachines(const json::Array& workloadEntries);

}  // namespace mesh
