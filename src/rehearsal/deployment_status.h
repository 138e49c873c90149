#pragma once

#include <vector>

#include "base/clock.h"
#include "json/value.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// A Deployment's replica sets: the one of its present template (null if there is none yet) and the others,
/// oldest first.
struct ReplicaSets {
  Object newest;
  std::vector<Object> others;

  [[nodiscard]] std::vector<Object> all() const;  // the newest last
};

/// The new status of a Deployment as `kubectl rollout status` reads it: counts, and the conditions Available
/// and Progressing (kubernetes: pkg/controller/deployment/sync.go calculateStatus, progress.go). What it
/// observed is the object's generation.
json::Value deploymentStatus(const json::Value& deployment, const ReplicaSets& sets, base::Time now);

/// When its progress deadline ends, if it is in the midst of a rollout.
std::optional<base::Time> progressDeadline(const json::Value& deployment);

}  // namespace rehearsal
