#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "kube/pod_stream.h"
#include "mesh/csr_exchange.h"
#include "pki/tls_client.h"
#include "trust/observation.h"

namespace mesh {

/// A connection to an istiod's secure port over a port-forward: the TLS handshake up to the server's
/// certificates and, if terms are given, a certificate request over the same connection. What becomes of the
/// request never spoils what was seen of the certificates.
class SecurePort final : public kube::PortProtocol {
 public:
  SecurePort(const std::string& serverName, const trust::Reading<CsrTerms>& terms);

  std::string onOpen() override;
  base::Result<std::string> onBytes(std::string_view bytes) override;
  base::Status onEnd() override;
  [[nodiscard]] bool done() const override { return tls_.done() && !exchange_; }

  /// What the server presents, leaf first; `held` is how the port-forward ended.
  [[nodiscard]] trust::Reading<trust::Certificates> chain(const base::Status& held) const;
  [[nodiscard]] trust::Reading<trust::Issued> issued(const base::Status& held) const;

 private:
  base::Result<std::string> request();
  base::Result<std::string> talk(std::string_view bytes);
  void conclude(trust::Reading<trust::Issued> issued);

  pki::TlsClient tls_;
  std::optional<CsrExchange> exchange_;  // until it has ended, one way or the other
  trust::Reading<trust::Issued> issued_;
};

/// What each istiod serves on its secure port. It is signed by the CA key that signs workloads (istio:
/// pilot/pkg/bootstrap/certcontroller.go:102,208), anew on each accepted reload of /etc/cacerts, also where
/// the roots alone have changed (istio_ca.go:331-430 ends in updateRootCertAndGenKeyCert). Presented are the
/// leaf and the CA's cert-chain.pem; a self-signed CA has none (security/pkg/pki/ca/ca.go:424-453).
class ServingReader {
 public:
  /// Concerns those of `istiods` (borrowed) that `running` says so of, by place; the others become
  /// unreadable. Each is asked for a certificate too, if there are terms for it; else `terms` says why not.
  ServingReader(std::vector<trust::Istiod>& istiods, const std::vector<bool>& running,
                const trust::Reading<CsrTerms>& terms);

  [[nodiscard]] std::vector<kube::PortForward> forwards() const;
  /// Takes how they ended, in that order. Fails only when interrupted.
  base::Status finish(const std::vector<base::Result<void>>& held);

 private:
  struct Read {
    trust::Istiod* istiod;
    std::unique_ptr<SecurePort> port;
  };
  std::vector<Read> reads_;
};

}  // namespace mesh
