#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "kube/pod_stream.h"
#include "pki/tls_client.h"
#include "trust/observation.h"

namespace mesh {

/// A TLS handshake over a port-forward, up to the server's certificates.
class TlsPeek final : public kube::PortProtocol {
 public:
  explicit TlsPeek(std::string serverName) : client_(std::move(serverName)) {}

  std::string onOpen() override;
  base::Result<std::string> onBytes(std::string_view bytes) override;
  base::Status onEnd() override;
  [[nodiscard]] bool done() const override { return client_.done(); }
  /// What the server presents, leaf first; valid once done() is true.
  [[nodiscard]] trust::Reading<trust::Certificates> chain() const;

 private:
  pki::TlsClient client_;
};

/// What each istiod serves on its secure port. It is signed by the CA key that signs workloads (istio:
/// pilot/pkg/bootstrap/certcontroller.go:102,208), anew on each accepted reload of /etc/cacerts, also where
/// the roots alone have changed (istio_ca.go:331-430 ends in updateRootCertAndGenKeyCert). Presented are the
/// leaf and the CA's cert-chain.pem; a self-signed CA has none (security/pkg/pki/ca/ca.go:424-453).
class ServingReader {
 public:
  /// Concerns those of `istiods` (borrowed) that `running` says so of, by place; the others become
  /// unreadable.
  ServingReader(std::vector<trust::Istiod>& istiods, const std::vector<bool>& running);

  [[nodiscard]] std::vector<kube::PortForward> forwards() const;
  /// Takes how they ended, in that order. Fails only when interrupted.
  base::Status finish(const std::vector<base::Result<void>>& held);

 private:
  struct Read {
    trust::Istiod* istiod;
    std::unique_ptr<TlsPeek> peek;
  };
  std::vector<Read> reads_;
};

}  // namespace mesh
