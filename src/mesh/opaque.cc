#include "mesh/opaque.h"

#include <algorithm>
#include <string>

#include "mesh/containers.h"
#include "mesh/pods.h"

namespace mesh {

namespace {

using json::Value;

bool hasSpiffeVolume(const Value& podSpec) {
  const auto& volumes = podSpec["volumes"].items();
  return std::any_of(volumes.begin(), volumes.end(),
                     [](const Value& volume) { return volume["csi"]["driver"].text() == "csi.spiffe.io"; });
}

/// istio: manifests/charts/istio-control/istio-discovery/files/agentgateway.yaml:84.
bool isAgentgateway(const Value& podSpec) {
  const auto& containers = podSpec["containers"].items();
  return std::any_of(containers.begin(), containers.end(), [](const Value& container) {
    return container["name"].text() == "agentgateway" && !envValue(container, "CA_ADDRESS").empty();
  });
}

/// Why nothing is known of its certificates; empty for an ordinary proxy and for a pod outside the mesh.
std::string_view reasonOf(const Value& pod) {
  const auto& spec = pod["spec"];
  if (isAgentgateway(spec)) return "is an agentgateway, whose certificates cannot be read";
  const auto& container = proxyContainer(spec);
  if (container.isNull()) return {};
  if (!envValue(container, "WORKLOAD_IDENTITY_SOCKET_FILE").empty())
    return "takes its certificates from SPIRE (WORKLOAD_IDENTITY_SOCKET_FILE)";
  if (hasSpiffeVolume(spec)) return "takes its certificates from SPIRE (a volume of csi.spiffe.io)";
  if (goTrue(envValue(container, "FILE_MOUNTED_CERTS")))
    return "uses certificates from files (FILE_MOUNTED_CERTS)";
  if (!envValue(container, "PROV_CERT").empty())
    return "authenticates to istiod by a provisioned certificate (PROV_CERT)";
  const auto templates = pod["metadata"]["annotations"]["inject.istio.io/templates"].text();
  if (templates.find("grpc-") != std::string_view::npos || goTrue(envValue(container, "DISABLE_ENVOY")))
    return "runs proxyless gRPC, whose certificates cannot be read";
  return {};
}

}  // namespace

std::vector<trust::Opaque> takeOpaque(json::Array& pods) {
  std::vector<trust::Opaque> found;
  std::erase_if(pods, [&](const Value& pod) {
    const auto reason = reasonOf(pod);
    const auto& metadata = pod["metadata"];
    if (!reason.empty() && !ended(pod)) {
      found.push_back({"Pod", std::string(metadata["namespace"].text()), std::string(metadata["name"].text()),
                       workloadOf(pod), std::string(reason)});
    }
    return !reason.empty();
  });
  return found;
}

std::vector<trust::Opaque> opaqueMachines(const json::Array& workloadEntries) {
  constexpr auto tlsMode = "security.istio.io/tlsMode";
  std::vector<trust::Opaque> found;
  for (const auto& entry : workloadEntries) {
    const auto& metadata = entry["metadata"];
    const auto& spec = entry["spec"];
    const bool inMesh = metadata["annotations"].has("istio.io/autoRegistrationGroup") ||
                        !spec["serviceAccount"].text().empty() || metadata["labels"].has(tlsMode) ||
                        spec["labels"].has(tlsMode);
    if (!inMesh) continue;
    found.push_back({"WorkloadEntry",
                     std::string(metadata["namespace"].text()),
                     std::string(metadata["name"].text()),
                     {},
                     "stands for a machine whose proxy cannot be read from here"});
  }
  return found;
}

}  // namespace mesh
