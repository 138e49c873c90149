#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kube/api.h"
#include "rotate/entry.h"
#include "trust/blocker.h"
#include "trust/observation.h"

namespace rotate {

/// A Secret with a CA's key that a rotation has left in the cluster.
struct LeftBehind {
  std::string ns, name, uid, resourceVersion;
  std::optional<pki::Certificate> certificate;  // the CA's; none: it does not parse
  std::optional<base::Time> since;              // when it was made
  bool inUse = false;                           // the same key as in `cacerts`: this CA signs now
};

/// `istio-ca-secret` and our backups. Unreadable ones are not in it: plan::next refuses those.
std::vector<LeftBehind> leftBehind(const trust::Observation& mesh);

/// What has to hold before an old CA's key may go: an istiod that finds no fit `cacerts` starts with
/// `istio-ca-secret`, and without that makes a new CA (istio: security/pkg/pki/ca/ca.go:151-214).
std::vector<trust::Answer> mayForget(const trust::Observation& mesh);

/// Deletes the very object that was judged: another uid or resourceVersion is a conflict.
base::Result<Written> deleteSecret(kube::Api& api, const LeftBehind& secret);

}  // namespace rotate
