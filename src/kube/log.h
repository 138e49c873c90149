#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "kube/access.h"
#include "kube/pod_stream.h"

namespace kube {

/// The last lines of a container's log, as they are: whoever shows them redacts them. One request over a
/// connection of its own, for a log is text and Api speaks JSON. Errors as Api's.
base::Result<std::string> readLog(const ClusterAccess& access, base::Clock& clock, const PodRef& pod,
                                  const std::string& container, int lines);

}  // namespace kube
