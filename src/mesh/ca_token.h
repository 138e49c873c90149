#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "kube/api.h"

namespace mesh {

/// A token by which istiod answers a certificate request: of the service account `default` of istiod's own
/// namespace, by the TokenRequest API, for ten minutes (the least that Kubernetes gives), good for nothing
/// but istiod's audience. Kept in memory for its life, so that a mesh that is observed every second is asked
/// for one every nine minutes; a refusal is remembered for a minute.
class CaToken {
 public:
  base::Result<base::Secret> get(kube::Api& api, base::Clock& clock, const std::string& ns,
                                 const std::string& audience);

 private:
  base::Result<base::Secret> last_{};
  base::Millis until_{-1};
  std::string askedFor_{};
};

}  // namespace mesh
