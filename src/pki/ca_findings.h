#pragma once

// The findings about a CA while they are gathered. For the .cc files of this room. The codes:
//
//   file-empty pem-not-strict no-newline-at-end several-certificates
//   key-encrypted key-not-readable key-mismatch
//   not-v3 not-a-ca key-usage key-type small-key weak-digest extended-key-usage
//   negative-serial duplicate-extension damaged-extension unhandled-critical-extension
//   expired not-yet-valid expires-soon outlives-root
//   chain-without-ca root-not-self-signed not-trusted leaf-not-trusted

#include <string>
#include <vector>

#include "pki/ca_check.h"

namespace pki {

class CaFindings {
 public:
  void error(std::string code, std::string message, std::string hint) {
    all_.push_back({CaFinding::Severity::error, std::move(code), std::move(message), std::move(hint)});
  }
  void warning(std::string code, std::string message, std::string hint) {
    all_.push_back({CaFinding::Severity::warning, std::move(code), std::move(message), std::move(hint)});
  }
  /// Takes over findings of a certificate that the CA does not stand or fall with.
  void addAsWarnings(CaFindings others) {
    for (CaFinding& finding : others.all_) {
      finding.severity = CaFinding::Severity::warning;
      all_.push_back(std::move(finding));
    }
  }
  void add(CaFindings others) {
    for (CaFinding& finding : others.all_) all_.push_back(std::move(finding));
  }
  [[nodiscard]] std::vector<CaFinding> take() { return std::move(all_); }

 private:
  std::vector<CaFinding> all_;
};

/// What can be said about one certificate of a CA by itself: that it is a CA whose key, digest, dates and
/// extensions istiod (Go) and Envoy (BoringSSL) accept. `where` is "ca-cert.pem", "certificate 2 of
/// cert-chain.pem". `isRoot`: its own signature counts for nobody.
CaFindings checkCaCertificate(const Certificate& certificate, const std::string& where, bool isRoot,
                              base::Time now);

}  // namespace pki
