#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "kube/access.h"
#include "kube/exec_plugin.h"
#include "net/http.h"

namespace kube {

/// Who we are to one API server: what to put on each request, kept fresh.
class Credentials {
 public:
  Credentials(const ClusterAccess& access, base::Clock& clock);

  /// To be called before requests are made: runs the plugin when there is no credential of it yet or it has
  /// expired, and reads the token file again. True if the client certificate changed: connections made with
  /// the old one must not be used any more.
  base::Result<bool> prepare();
  /// Runs the plugin although its credential has not expired; after a 401. As prepare().
  base::Result<bool> refresh();
  /// Only a plugin can give anything new. It is not asked when the kubeconfig or a flag gives a token or a
  /// password (client-go: a request that is authorized already is left alone).
  [[nodiscard]] bool canRefresh() const { return usesPlugin_; }

  /// Authorization, impersonation, Accept and User-Agent.
  void apply(net::Request& request) const;
  /// The endpoint to make a transport for, with the client certificate of now.
  [[nodiscard]] net::Endpoint endpoint() const;

 private:
  [[nodiscard]] bool expired() const;

  const ClusterAccess access_;
  base::Clock& clock_;
  const bool usesPlugin_;
  std::optional<ExecCredential> fromPlugin_{};
  base::Secret fileToken_{};
};

}  // namespace kube
