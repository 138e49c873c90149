#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pki/certificate.h"
#include "pki/issue.h"
#include "pki/key.h"

// Certificates that issue.h would never make: the wrong ones, for tests.
namespace craft {

/// When the tests take place, and what is valid then.
constexpr base::Time now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24);
constexpr pki::Validity year{now - std::chrono::hours(1), now + std::chrono::days(365)};

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
/// A root of that name, valid for ten days.
pki::Certificate root(const std::string& cn);
/// The private key in another encoding: "pkcs1", "sec1", "traditional-encrypted", "with-ec-parameters".
std::string keyAs(const pki::PrivateKey& key, const std::string& form);

/// A PEM file as others write it: with CRLF, without its last character.
std::string crlf(std::string_view text);
std::string cut(std::string text);

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace craft
