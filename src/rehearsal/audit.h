#pragma once

#include <functional>
#include <string>

#include "json/value.h"
#include "rehearsal/api_request.h"

namespace rehearsal {

/// Who wants to know of requests when they are answered, and what time it is for them. As with tests/mesh's
/// policy these are those that change something or open a stream to a pod.
struct AuditTrail {
  std::function<void(const json::Value& event)> add{};  // under the simulation's mutex; empty: nobody
  std::function<std::string()> now{};
};

/// Whether it is one of those.
bool isAudited(const ApiRequest& request);
/// A request that was answered so, as an event of kube-apiserver's audit log at level Metadata
/// (kubernetes: staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go). Times are RFC 3339 with
/// microseconds.
json::Value auditEvent(const ApiRequest& request, int status, const std::string& received,
                       const std::string& answered);

}  // namespace rehearsal
