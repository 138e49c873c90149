#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json/value.h"
#include "trust/observation.h"

namespace mesh {

using UnsupportedList = std::vector<trust::Unsupported>;

// Checks for what this program does not handle, each pure, over objects as the API server gives them. The
// codes are stable. Each finding is named once, with how many more there are, however large the mesh.

/// Of proxies and other pods, the opaque ones (mesh/opaque.h) taken out: ambient, foreign-ca, istio-csr.
UnsupportedList unsupportedPods(const json::Array& pods, const std::string& istioNamespace);

/// Of all istiod Deployments in the cluster: several-control-planes, ca-server-off, external-ca,
/// cert-provider, cluster-trust-bundle, serving-cert (by arguments), self-signed-cacerts
/// (USE_CACERTS_FOR_SELF_SIGNED_CA).
UnsupportedList unsupportedIstiods(const json::Array& deployments, const std::string& istioNamespace);

/// Of the secret cacerts: self-signed-cacerts, cacerts-tls-layout, cacerts-immutable, cacerts-crl,
/// cacerts-incomplete.
UnsupportedList unsupportedCacerts(const trust::CaSecret& cacerts);

/// multicluster: secrets labelled istio/multiCluster=true (istio:
/// pkg/kube/multicluster/secretcontroller.go:44).
UnsupportedList unsupportedRemotes(const json::Array& remoteSecrets);

/// serving-cert: the Secret istiod-tls, which istiod's certificate comes from where it exists (istio:
/// pilot/pkg/bootstrap/server.go:1001-1012,1130-1150).
trust::Unsupported istiodTlsFound(const std::string& istioNamespace);

/// several-revisions: the operator applies a change of the Istio resource to its active IstioRevision alone
/// (sail-operator: controllers/istio/istio_controller.go:121-149). several-control-planes: two Istio
/// resources.
UnsupportedList unsupportedSail(const std::vector<const json::Value*>& istios,
                                const std::vector<const json::Value*>& revisions,
                                std::size_t istiodDeployments);
/// sail-version: the operator serves no v1 of its API.
trust::Unsupported sailWithoutV1();

}  // namespace mesh
