#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "kube/api.h"
#include "kube/http_get.h"
#include "kube/pod_stream.h"
#include "trust/observation.h"

namespace mesh {

/// The secrets of many proxies. By port-forward to Envoy's admin port, as istioctl does (istio:
/// pkg/kube/client.go:1052-1087): the response has a length, so that a cut one cannot pass for a whole one.
/// Where that fails, by exec of `pilot-agent request` in the proxy's container.
class SecretsReader {
 public:
  /// Concerns those of `proxies` (borrowed) whose container runs; the others become unreadable at once.
  explicit SecretsReader(const std::vector<trust::Proxy*>& proxies);

  /// The port-forwards to hold, in an order of their own; they may be held together with others.
  [[nodiscard]] std::vector<kube::PortForward> forwards() const;
  /// Takes how they ended, in that order, and tries the others by exec. Fails only when interrupted.
  base::Status finish(kube::Api& api, const std::vector<base::Result<void>>& held, base::Millis timeout);

 private:
  struct Read {
    trust::Proxy* proxy;
    std::unique_ptr<kube::HttpGet> get;
  };
  std::vector<Read> reads_;
};

/// Both steps at once.
base::Status readSecrets(kube::Api& api, std::vector<trust::Proxy>& proxies, base::Millis timeout);

/// What is mounted in each running proxy's container as istio-ca-root-cert, by which its agent verifies
/// istiod. By exec of cat: unreadable in distroless images, which have none. Fails only when interrupted.
base::Status readMountedRoots(kube::Api& api, const std::vector<trust::Proxy*>& proxies,
                              base::Millis timeout);

}  // namespace mesh
