#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "net/grpc_call.h"
#include "pki/key.h"
#include "trust/observation.h"

namespace mesh {

/// What the certificate requests of one observation have in common.
struct CsrTerms {
  base::Secret token;         // CaToken
  trust::Certificates roots;  // of istio-ca-root-cert in istiod's namespace: whom the token may be shown to
  base::Time now;
};

/// The direct proof of what an istiod signs with and which roots it hands out: a request for a certificate
/// for a key that is made here, never leaves this object and ends with it, valid for a minute. Over a
/// connection that somebody else encrypts; without I/O.
class CsrExchange {
 public:
  CsrExchange(const CsrTerms& terms, std::string serverName);

  /// The first bytes to send (they hold the token: to be cleansed), if what the server has presented
  /// verifies: else nothing is said to it.
  base::Result<std::string> start(const trust::Certificates& served, std::string_view protocol);
  /// As net::GrpcCall::feed and end.
  base::Result<std::string> feed(std::string_view received);
  base::Status end();
  [[nodiscard]] bool done() const { return call_ && call_->done(); }
  /// Once done().
  [[nodiscard]] base::Result<trust::Issued> issued() const;

 private:
  CsrTerms terms_;
  std::string serverName_;
  std::optional<pki::PrivateKey> key_;
  std::optional<net::GrpcCall> call_;
};

/// An IstioCertificateRequest (istio/api: security/v1alpha1/ca.proto).
std::string certificateRequest(std::string_view csr, base::Seconds validity);
/// What an IstioCertificateResponse holds: the certificate, those sent with it, and as the last element the
/// whole root bundle in one piece (istio: security/pkg/server/ca/server.go:107-157; older releases do
/// not split what stands in between either). Kind::failed if the certificate is not for `key`, if there is
/// no bundle, or if something in front of it is not strict PEM; the bundle is kept as it is.
base::Result<trust::Issued> issuedOf(std::string_view response, const pki::PrivateKey& key);

}  // namespace mesh
