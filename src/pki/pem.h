#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pki/certificate.h"

namespace pki {

/// All certificates of a PEM file, in order. Strict: each block must be whole, on lines of its own and of
/// type CERTIFICATE; text between blocks (comments) is skipped. Two blocks glued together
/// ("-----END CERTIFICATE----------BEGIN CERTIFICATE-----") are an error that says where: Go's pem.Decode
/// drops both (reference: istio.md 0.7), whatever OpenSSL makes of them. No certificate at all is an error
/// too. `name` is for messages: "root-cert.pem of secret istio-system/cacerts". Errors: Kind::usage.
base::Result<std::vector<Certificate>> parseCertificates(std::string_view pem, std::string_view name);

/// What Go's pem.Decode loop (istiod: AppendCertsFromPEM, and util.ParsePemEncodedCertificateChain) makes of
/// the same bytes: glued blocks vanish. For telling the user what istiod would see.
std::vector<Certificate> certificatesAsGoReads(std::string_view pem);

/// Canonical PEM of all, one after the other.
std::string toPem(const std::vector<Certificate>& certificates);

/// The byte ranges of the certificate blocks of a strictly parsed file, for edits that keep the bytes of the
/// others as they are. Same errors as parseCertificates.
struct Block {
  std::size_t begin, end;  // end is past the newline after END, if there is one
  Certificate certificate;
};
base::Result<std::vector<Block>> locateCertificates(std::string_view pem, std::string_view name);

}  // namespace pki
