#pragma once

#include <set>
#include <string>
#include <vector>

#include "json/value.h"
#include "trust/observation.h"

namespace mesh {

/// A namespace whose new pods would be injected: istio-injection=enabled, a revision, or an ambient label.
bool wantsInjection(const json::Value& nameSpace);

/// `istio-ca-root-cert` of each meshed namespace, as read or, where it is missing, unreadable: a new pod
/// there would not start (istio: manifests/charts/istio-control/istio-discovery/files/injection-template.yaml
/// mounts it).
std::vector<trust::Distribution> configMapsOf(const std::set<std::string>& meshed,
                                              const json::Array& configMaps);

/// The caBundle of each webhook configuration that calls an istiod in this namespace, once; unreadable where
/// its entries disagree.
std::vector<trust::Distribution> webhooksOf(trust::Distribution::Kind kind, const json::Array& configurations,
                                            const std::string& istioNamespace);

}  // namespace mesh
