#pragma once

#include <string>

#include "rehearsal/owned.h"

namespace rehearsal {

/// The label of a pod that says from which revision it was made.
constexpr const char* revisionLabel = "controller-revision-hash";

/// The ControllerRevision that holds the present template of a StatefulSet or DaemonSet (`owner`), made if
/// there is none: its name, "<owner>-<hash>" (kubernetes: pkg/controller/history).
base::Result<std::string> presentRevision(Store& store, const Owned& owned, std::string_view kind,
                                          const json::Value& owner);

/// The pod template that a revision of that name holds; null if it is gone.
json::Value templateIn(const Store& store, const std::string& ns, const std::string& revision);

}  // namespace rehearsal
