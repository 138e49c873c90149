#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pki/certificate.h"
#include "pki/issue.h"
#include "pki/key.h"

// Certificates that issue.h would never make: the wrong ones, for tests.
namespace craft {

struct Ca {
  pki::Certificate certificate;
  pki::PrivateKey key;
};

/// Extensions as in openssl's configuration: {"basicConstraints", "critical,CA:TRUE"}, {"1.2.3.4",
/// "DER:0500"}.
using Extensions = std::vector<std::pair<std::string, std::string>>;

struct Recipe {
  pki::Name subject{};
  Extensions extensions{};
  pki::Validity validity{};
  const char* digest = "SHA256";  // nullptr for Ed25519
  long version = 2;               // v3
  long serial = 0;                // 0: a random one
};

/// "EC:P-256", "RSA:1024", "ED25519", "EC:secp256k1".
pki::PrivateKey key(const std::string& type = "EC:P-256");
/// Signed by `issuer`, or by itself. Throws if OpenSSL cannot.
Ca make(const Recipe& recipe, const Ca* issuer = nullptr, const std::string& keyType = "EC:P-256");
/// What a CA usually has: SKI, the basicConstraints given, keyCertSign and cRLSign, and AKI if it has an
/// issuer.
Extensions caExtensions(const std::string& basicConstraints = "critical,CA:TRUE");
/// The private key in another encoding: "pkcs1", "sec1", "traditional-encrypted", "with-ec-parameters".
std::string keyAs(const pki::PrivateKey& key, const std::string& form);

}  // namespace craft
