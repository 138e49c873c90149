#pragma once

#include <string_view>
#include <vector>

namespace mesh {

// The words of an observation's document, in the order of their enums.
inline constexpr std::string_view observationVersion = "istio-ca/v1";
inline constexpr std::string_view observationKind = "Observation";
inline const std::vector<std::string_view> installationWords{"sail", "plain"};
inline const std::vector<std::string_view> proxyTypeWords{"sidecar", "gateway", "waypoint"};
inline const std::vector<std::string_view> distributionWords{"configMap", "mutatingWebhook",
                                                             "validatingWebhook"};

}  // namespace mesh
