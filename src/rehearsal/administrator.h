#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// The role of those who may everything, as each cluster has it, bound to service account
/// kube-system/rehearsal.
base::Status createAdministrator(Store& store);

/// The kubeconfig with a token of that account in place of a client certificate: each connection then costs
/// half of what OpenSSL 3.0 takes for two more keys.
base::Result<std::string> withToken(const std::string& kubeconfig, base::Time now);

}  // namespace rehearsal
