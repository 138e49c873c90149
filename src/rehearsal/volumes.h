#pragma once

#include <functional>
#include <set>

#include "base/clock.h"
#include "rehearsal/program.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// The Secrets and ConfigMaps that the volumes of a pod are filled from.
std::set<Key> volumeSources(const json::Value& pod);

/// A Secret or ConfigMap as the kubelet of the pod's node knows it; null if it is not there.
using Lookup = std::function<Object(const Key&)>;

/// The files in the pod's containers: Secrets, ConfigMaps, projected volumes (service account tokens and the
/// downward API too), under the paths where a container mounts them. Error: one that is not optional is not
/// there, in the kubelet's words.
base::Result<Files> mountedFiles(const json::Value& pod, const Lookup& lookup, base::Time now);

}  // namespace rehearsal
