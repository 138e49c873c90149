#include "pki/key.h"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "base/text.h"
#include "pki/describe.h"
#include "pki/openssl.h"

namespace pki {
namespace {

// What OWASP and NIST ask of PBKDF2 with SHA-256; OpenSSL's own default is 2048.
constexpr int keyDerivationRounds = 600000;

using Pkcs8Ptr = std::unique_ptr<PKCS8_PRIV_KEY_INFO, FreeWith<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedPtr = std::unique_ptr<X509_SIG, FreeWith<X509_SIG_free>>;

/// Answers OpenSSL's question for a passphrase; without one it fails, rather than ask on the terminal.
int answerPassphrase(char* buffer, int size, int /*writing*/, void* secret) {
  const auto passphrase = static_cast<const base::Secret*>(secret)->reveal();
  if (passphrase.empty() || passphrase.size() > static_cast<std::size_t>(size)) return -1;
  std::memcpy(buffer, passphrase.data(), passphrase.size());
  return static_cast<int>(passphrase.size());
}

bool isEncrypted(std::string_view pem) {
  return pem.find("BEGIN ENCRYPTED PRIVATE KEY") != std::string_view::npos ||
         pem.find("Proc-Type: 4,ENCRYPTED") != std::string_view::npos;
}

base::Error unreadable(std::string_view pem, std::string_view name, bool withPassphrase, std::string reason) {
  const auto message = [&](std::string_view what) { return fmt::format("{}: {}", name, what); };
  if (isEncrypted(pem) && !withPassphrase) {
    return {
        base::Kind::usage, message("the private key is encrypted"), "no passphrase was given",
        "Give its passphrase, or decrypt it with: openssl pkey -in FILE -out FILE.plain (istiod itself reads "
        "unencrypted keys only)."};
  }
  if (isEncrypted(pem)) {
    return {base::Kind::usage, message("cannot decrypt the private key"), std::move(reason),
            "The passphrase is wrong, or the file is damaged."};
  }
  if (pem.find("PRIVATE KEY-----") == std::string_view::npos) {
    return {base::Kind::usage, message("not a private key"), "no PRIVATE KEY block in it",
            "A PEM file with \"-----BEGIN PRIVATE KEY-----\" (or RSA or EC PRIVATE KEY) is expected."};
  }
  return {base::Kind::usage, message("cannot read the private key"), std::move(reason),
          "The file is damaged or of an unknown kind: check it with: openssl pkey -in FILE -noout"};
}

std::string normalized(std::string_view text) {
  std::string word;
  for (const char c : text) {
    if (c != '-' && c != '_') word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  if (word.starts_with("ecp")) word.erase(0, 2);
  if (word.starts_with("ecdsap")) word.erase(0, 5);
  return word;
}

}  // namespace

base::Result<KeyType> parseKeyType(std::string_view text) {
  const std::string word = normalized(text);
  if (word == "rsa2048") return KeyType::rsa2048;
  if (word == "rsa3072") return KeyType::rsa3072;
  if (word == "rsa4096") return KeyType::rsa4096;
  if (word == "p256") return KeyType::ecP256;
  if (word == "p384") return KeyType::ecP384;
  return base::fail({base::Kind::usage, fmt::format("unknown key type \"{}\"", text), "",
                     "One of rsa2048, rsa3072, rsa4096, p256, p384."});
}

base::Result<PrivateKey> PrivateKey::generate(KeyType type) {
  const ErrorScope errors;
  EVP_PKEY* key = nullptr;
  switch (type) {
    case KeyType::rsa2048:
      key = EVP_RSA_gen(2048);
      break;
    case KeyType::rsa3072:
      key = EVP_RSA_gen(3072);
      break;
    case KeyType::rsa4096:
      key = EVP_RSA_gen(4096);
      break;
    case KeyType::ecP256:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
      break;
    case KeyType::ecP384:
      key = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-384");
      break;
  }
  if (key == nullptr) return base::fail(errors.error(base::Kind::failed, "cannot make a private key"));
  return PrivateKey(std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free));
}

base::Result<PrivateKey> PrivateKey::fromPem(const base::Secret& pem, std::string_view name,
                                             const base::Secret& passphrase) {
  const ErrorScope errors;
  const BioPtr bio = readBio(pem.reveal());
  base::Secret answer = passphrase;
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio.get(), nullptr, answerPassphrase, &answer);
  if (key == nullptr) {
    return base::fail(unreadable(pem.reveal(), name, !passphrase.empty(), errors.reason()));
  }
  return PrivateKey(std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free));
}

base::Result<base::Secret> PrivateKey::pem(const base::Secret& passphrase) const {
  const ErrorScope errors;
  const BioPtr bio = memoryBio();  // OpenSSL cleanses a memory BIO's bytes when they grow and when they go
  const Pkcs8Ptr plain(EVP_PKEY2PKCS8(key_.get()));
  bool written = false;
  if (plain && passphrase.empty()) {
    written = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio.get(), plain.get()) == 1;
  } else if (plain) {
    const auto words = passphrase.reveal();
    const EncryptedPtr encrypted(PKCS8_encrypt(-1, EVP_aes_256_cbc(), words.data(),
                                               static_cast<int>(words.size()), nullptr, 0,
                                               keyDerivationRounds, plain.get()));
    written = encrypted && PEM_write_bio_PKCS8(bio.get(), encrypted.get()) == 1;
  }
  if (!written) return base::fail(errors.error(base::Kind::failed, "cannot write the private key as PEM"));
  return base::Secret(contents(bio.get()));
}

bool PrivateKey::matches(const Certificate& certificate) const {
  const ErrorScope errors;
  const EVP_PKEY* theirs = X509_get0_pubkey(certificate.native());
  return theirs != nullptr && EVP_PKEY_eq(key_.get(), theirs) == 1;
}

std::string PrivateKey::fingerprint() const {
  const ErrorScope errors;
  return base::sha256Hex(toDer<EVP_PKEY>(key_.get(), i2d_PUBKEY));
}

std::string PrivateKey::description() const {
  return describeKey(key_.get());
}

}  // namespace pki
