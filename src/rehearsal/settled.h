#pragma once

#include <string>

#include "rehearsal/store.h"

namespace rehearsal {

/// What is still on its way: a workload whose pods are not all new and ready, an Istio resource that the
/// operator has not applied, a webhook that no istiod has put its roots into. Empty: nothing.
std::string notSettled(const Store& store);

}  // namespace rehearsal
