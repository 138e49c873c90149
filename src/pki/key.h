#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "pki/certificate.h"

struct evp_pkey_st;

namespace pki {

/// What to make: RSA of 2048, 3072 or 4096 bits, or EC on P-256 or P-384.
enum class KeyType { rsa2048, rsa3072, rsa4096, ecP256, ecP384 };
/// "rsa2048", "rsa3072", "rsa4096", "p256", "p384" (case ignored, "rsa-4096" and "ec-p256" too). Kind::usage.
base::Result<KeyType> parseKeyType(std::string_view text);

/// A private key: movable, copyable (shared), never printed.
class PrivateKey {
 public:
  static base::Result<PrivateKey> generate(KeyType type);
  /// PKCS#8, PKCS#1 or SEC1 PEM; an encrypted one needs `passphrase`. `name` is for messages; no message ever
  /// holds key material. Errors: Kind::usage.
  static base::Result<PrivateKey> fromPem(const base::Secret& pem, std::string_view name,
                                          const base::Secret& passphrase = {});
  /// PKCS#8 PEM ("PRIVATE KEY"); encrypted (AES-256-CBC, PBKDF2) if a passphrase is given.
  [[nodiscard]] base::Result<base::Secret> pem(const base::Secret& passphrase = {}) const;
  /// The public half is that of the certificate.
  [[nodiscard]] bool matches(const Certificate& certificate) const;
  /// As Certificate::keyFingerprint.
  [[nodiscard]] std::string fingerprint() const;
  [[nodiscard]] std::string description() const;  // "RSA 4096"
  [[nodiscard]] evp_pkey_st* native() const { return key_.get(); }

 private:
  explicit PrivateKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace pki
