#pragma once

#include <functional>
#include <string>

#include "json/value.h"
#include "rehearsal/api_request.h"

namespace rehearsal {

/// Who wants to know of each request when it is answered, and what time it is for them.
struct AuditTrail {
  std::function<void(const json::Value& event)> add{};  // under the simulation's mutex; empty: nobody
  std::function<std::string()> now{};
};

/// A request that was answered so, as an event of kube-apiserver's audit log at level Metadata
/// (kubernetes: staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go). Times are RFC 3339 with
/// microseconds.
json::Value auditEvent(const ApiRequest& request, int status, const std::string& received,
                       const std::string& answered);

}  // namespace rehearsal
