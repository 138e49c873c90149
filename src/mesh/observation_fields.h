#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "trust/observation.h"

// The plain fields of an observation's parts under their names in the document, one table for both
// directions. Internal to observation_json.h.

namespace mesh {

template <class T>
using Field = std::variant<std::string T::*, bool T::*, std::int64_t T::*, base::Time T::*,
                           std::vector<std::string> T::*, std::map<std::string, std::string> T::*>;
template <class T>
using Fields = std::vector<std::pair<std::string_view, Field<T>>>;

const Fields<trust::CaSecret>& fieldsOf(const trust::CaSecret& secret);
const Fields<trust::MeshConfig>& fieldsOf(const trust::MeshConfig& config);
const Fields<trust::IstiodDeployment>& fieldsOf(const trust::IstiodDeployment& deployment);
const Fields<trust::Istiod>& fieldsOf(const trust::Istiod& istiod);
const Fields<trust::ProxySecrets>& fieldsOf(const trust::ProxySecrets& secrets);
const Fields<trust::Workload>& fieldsOf(const trust::Workload& workload);
const Fields<trust::Proxy>& fieldsOf(const trust::Proxy& proxy);
const Fields<trust::Ztunnel>& fieldsOf(const trust::Ztunnel& ztunnel);
const Fields<trust::Rollout>& fieldsOf(const trust::Rollout& rollout);
const Fields<trust::Autoscaler>& fieldsOf(const trust::Autoscaler& autoscaler);
const Fields<trust::ShutBudget>& fieldsOf(const trust::ShutBudget& budget);
const Fields<trust::Opaque>& fieldsOf(const trust::Opaque& opaque);
const Fields<trust::Unsupported>& fieldsOf(const trust::Unsupported& unsupported);
const Fields<trust::Unreadable>& fieldsOf(const trust::Unreadable& unreadable);
const Fields<trust::Observation>& fieldsOf(const trust::Observation& observation);
/// Of every installation, and of one by the Sail operator.
const Fields<trust::Installation>& fieldsOf(const trust::Installation& installation);
const Fields<trust::Installation>& sailFields();

// Words for enums, in their order.
inline constexpr std::string_view observationVersion = "istio-ca/v1";
inline constexpr std::string_view observationKind = "Observation";
inline const std::vector<std::string_view> installationWords{"sail", "plain"};
inline const std::vector<std::string_view> proxyTypeWords{"sidecar", "gateway", "waypoint"};
inline const std::vector<std::string_view> distributionWords{"configMap", "mutatingWebhook",
                                                             "validatingWebhook"};

}  // namespace mesh
