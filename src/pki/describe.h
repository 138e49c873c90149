#pragma once

// Parts of a certificate as text and values. For the .cc files of this room.

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pki/openssl.h"

namespace pki {

/// As `openssl` 3.0 prints a name on one line: "O = Istio, CN = Root CA". Control characters and everything
/// beyond ASCII are escaped, so it is safe on a terminal. Empty for an empty name.
std::string describeName(const X509_NAME* name);
/// As istioctl prints it, Go's "%032x": lower-case hex, filled with zeros to 32 characters.
std::string describeSerial(const ASN1_INTEGER* serial);
/// nullopt if it is not a valid time.
std::optional<base::Time> timeOf(const ASN1_TIME* time);
/// Subject alternative names of one kind (GEN_URI, GEN_DNS); bytes that are not printable ASCII as \XX.
std::vector<std::string> alternativeNames(const X509* x509, int kind);
/// "RSA 2048", "EC P-256", "ED25519"; "unknown key" for one that OpenSSL cannot read.
std::string describeKey(const EVP_PKEY* key);
/// Short name of the signature algorithm, its OID if it has none.
std::string describeSignature(const X509* x509);
/// The signature's digest is SHA-1, MD5 or older.
bool hasWeakDigest(X509* x509);

}  // namespace pki
