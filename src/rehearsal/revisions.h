#pragma once

#include <string>

#include "rehearsal/owned.h"

namespace rehearsal {

/// The ControllerRevision that holds the present template of a StatefulSet or DaemonSet (`owner`), made if
/// there is none: its name, "<owner>-<hash>" (kubernetes: pkg/controller/history).
base::Result<std::string> presentRevision(Store& store, const Owned& owned, std::string_view kind,
                                          const json::Value& owner);

/// The pod template that a revision of that name holds; null if it is gone.
json::Value templateIn(const Store& store, const std::string& ns, const std::string& revision);

}  // namespace rehearsal
