#pragma once

#include <set>
#include <string>

namespace trust {

/// What the user answers for although it cannot be read: "KIND/NAMESPACE/NAME" of a workload
/// ("Deployment/shop/server"), a pod ("Pod/shop/server-7f9c") or something opaque
/// ("WorkloadEntry/shop/vm-1"). A waiver turns "could not be read" into a risk that is named; it never
/// overrules something that was read.
using Waivers = std::set<std::string>;

}  // namespace trust
