#pragma once

#include <string>

namespace doctor {

/// manifests/rbac.yaml, made of the table of needs: a ClusterRole and a Role for each of istio-ca-viewer
/// (verify), istio-ca-auditor (status, plan, doctor, journal too), istio-ca-job (rotate with a CA of one's
/// own) and istio-ca-operator (all).
std::string rbacManifest();

}  // namespace doctor
