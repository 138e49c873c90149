#pragma once

#include <algorithm>
#include <string>

#include "mesh/observe.h"
#include "support/data.h"
#include "support/fake_api.h"
#include "support/fake_clock.h"

// A mesh as an API server told of it, for observations of all and of parts of it.
namespace recorded_mesh {

using support::FakeApi;
using support::yaml;

inline const std::string istioSystem = "/api/v1/namespaces/istio-system";
inline const std::string server1 = "server-67d467fbbf-vc4w8", server2 = "server-67d467fbbf-vtg5w";

inline json::Array recordedPods() {
  return support::jsonData("mesh/pods.json")["items"].items();
}

/// The recorded mesh: an Istio resource, one istiod, four proxies, all of which answer.
inline FakeApi recorded() {
  FakeApi api;
  api.items("/api/v1/pods", recordedPods());
  api.items("/api/v1/namespaces", {yaml("{metadata: {name: shop, labels: {istio-injection: enabled}}}"),
                                   yaml("{metadata: {name: default}}")});
  api.items("/api/v1/configmaps?fieldSelector=metadata.name%3Distio-ca-root-cert",
            {support::jsonData("mesh/root_config_map.json")});
  api.items("/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
            {support::jsonData("mesh/mutating_webhook.json")});
  api.items("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", {});
  api.items("/apis/apps/v1/deployments?labelSelector=app%3Distiod",
            {support::jsonData("mesh/istiod_deployment.json")});
  api.items(istioSystem + "/secrets?labelSelector=istio%2FmultiCluster%3Dtrue", {});
  api.items(istioSystem + "/secrets?labelSelector=istio-ca%2Fbackup%3Dtrue", {});
  api.items("/apis/sailoperator.io/v1/istios", {support::jsonData("mesh/istio.json")});
  api.answer(istioSystem + "/secrets/istio-ca-secret", support::jsonData("mesh/istio_ca_secret.json"));
  api.answer(istioSystem + "/configmaps/istio", support::jsonData("mesh/mesh_config.json"));
  for (const auto& pod : recordedPods()) {
    const std::string ns(pod["metadata"]["namespace"].text()), name(pod["metadata"]["name"].text());
    api.answer("/api/v1/namespaces/" + ns + "/pods/" + name, pod);
    if (ns == "shop")
      api.stream("forwards/shop/" + name + ":15000", support::httpServer(support::data("envoy/masked.json")));
  }
  return api;
}

inline base::Result<mesh::Reading> observe(FakeApi& api, bool mounts = false) {
  test::FakeClock clock;
  mesh::ObserveOptions options;
  options.withMountedRoots = mounts;
  return mesh::observe(api, clock, options);
}

inline const trust::Proxy* find(const trust::Observation& mesh, const std::string& pod) {
  const auto found = std::find_if(mesh.proxies.begin(), mesh.proxies.end(),
                                  [&](const auto& proxy) { return proxy.pod == pod; });
  return found == mesh.proxies.end() ? nullptr : &*found;
}

}  // namespace recorded_mesh
