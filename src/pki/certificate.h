#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

struct x509_st;

namespace pki {

/// SHA-256 of the DER, lower-case hex without colons: a certificate's identity everywhere in this program.
using Fingerprint = std::string;

/// An X.509 certificate: an immutable value, cheap to copy. Parsed once, everything else read from it. The
/// same bytes met again cost a digest and not a parse as long as somebody holds a copy (all threads share
/// what they know), so reading a fleet costs what its distinct certificates cost.
class Certificate {
 public:
  /// Strict DER: trailing bytes are an error.
  static base::Result<Certificate> fromDer(std::string_view der);
  /// One that OpenSSL has just made; takes it over. For the pki room: nothing is parsed again.
  static base::Result<Certificate> ofMade(x509_st* made);
  /// Exactly one PEM CERTIFICATE block.
  static base::Result<Certificate> fromPem(std::string_view pem);

  [[nodiscard]] const Fingerprint& fingerprint() const;
  [[nodiscard]] std::string der() const;
  /// Canonical PEM: 64 columns, a final newline.
  [[nodiscard]] std::string pem() const;
  /// Byte for byte what `openssl x509 -noout -text` of the linked OpenSSL prints.
  [[nodiscard]] std::string text() const;

  /// RFC 2253 order reversed to reading order, as openssl's oneline: "O = Istio, CN = Root CA".
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] std::string issuer() const;
  /// As istioctl prints it (istioctl/pkg/writer/compare/sds/util.go, Go's "%032x"): lower-case hex without
  /// colons, filled with zeros to 32 characters.
  [[nodiscard]] std::string serial() const;
  [[nodiscard]] base::Time notBefore() const;
  [[nodiscard]] base::Time notAfter() const;
  /// subjectAltName URIs ("spiffe://cluster.local/ns/shop/sa/default") and DNS names.
  [[nodiscard]] std::vector<std::string> uris() const;
  [[nodiscard]] std::vector<std::string> dnsNames() const;
  /// basicConstraints CA:TRUE.
  [[nodiscard]] bool isCa() const;
  [[nodiscard]] std::optional<long> pathLength() const;
  /// keyUsage absent, or keyCertSign in it.
  [[nodiscard]] bool maySign() const;
  /// Issuer equals subject and the signature verifies with its own key.
  [[nodiscard]] bool selfSigned() const;
  /// Short name of the signature algorithm, "RSA-SHA256"; and whether its digest is SHA-1 or MD5.
  [[nodiscard]] std::string signatureAlgorithm() const;
  [[nodiscard]] bool weakDigest() const;
  /// "RSA 2048", "EC P-256".
  [[nodiscard]] std::string keyDescription() const;
  /// SHA-256 of the SubjectPublicKeyInfo, lower-case hex: equal for a renewed CA with the same key.
  [[nodiscard]] std::string keyFingerprint() const;
  /// The signature of this one verifies with `issuer`'s key (names and validity not looked at).
  [[nodiscard]] bool signedBy(const Certificate& issuer) const;

  /// OpenSSL's own, valid as long as any copy of this lives; for the pki room.
  [[nodiscard]] x509_st* native() const;

  bool operator==(const Certificate& other) const { return fingerprint() == other.fingerprint(); }

 private:
  struct Data;
  struct Parsed;
  class Cache;
  static base::Result<Certificate> of(Parsed parsed);
  explicit Certificate(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<const Data> data_;
};

}  // namespace pki
