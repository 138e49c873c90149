#include "unit/pki/craft.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <memory>
#include <stdexcept>

namespace craft {
namespace {

void require(bool fine, const std::string& what) {
  if (!fine) throw std::runtime_error("cannot craft " + what);
}

std::string drained(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

void addExtension(X509* x509, X509* issuer, const std::string& name, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf(nullptr, &context, name.c_str(), value.c_str());
  require(extension != nullptr, "extension " + name);
  X509_add_ext(x509, extension, -1);
  X509_EXTENSION_free(extension);
}

void addName(X509* x509, const pki::Name& name) {
  for (const auto& [key, value] : name) {
    require(X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), key.c_str(), MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0) == 1,
            "subject");
  }
}

}  // namespace

pki::PrivateKey key(const std::string& type) {
  EVP_PKEY* made = nullptr;
  if (type.starts_with("EC:")) made = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", type.c_str() + 3);
  if (type.starts_with("RSA:")) made = EVP_RSA_gen(static_cast<unsigned>(std::stoul(type.substr(4))));
  if (type == "ED25519") made = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  require(made != nullptr, "key " + type);
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PKCS8PrivateKey(bio, made, nullptr, nullptr, 0, nullptr, nullptr);
  EVP_PKEY_free(made);
  auto parsed = pki::PrivateKey::fromPem(base::Secret(drained(bio)), "crafted key");
  require(parsed.has_value(), "key " + type);
  return *parsed;
}

Ca make(const Recipe& recipe, const Ca* issuer, const std::string& keyType) {
  const pki::PrivateKey own = key(keyType);
  const pki::PrivateKey& signer = issuer == nullptr ? own : issuer->key;
  std::unique_ptr<X509, decltype(&X509_free)> x509(X509_new(), X509_free);
  X509* parent = issuer == nullptr ? x509.get() : issuer->certificate.native();
  static long next = 1000;
  X509_set_version(x509.get(), recipe.version);
  ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), recipe.serial == 0 ? ++next : recipe.serial);
  ASN1_TIME_set(X509_getm_notBefore(x509.get()),
                std::chrono::system_clock::to_time_t(recipe.validity.notBefore));
  ASN1_TIME_set(X509_getm_notAfter(x509.get()),
                std::chrono::system_clock::to_time_t(recipe.validity.notAfter));
  addName(x509.get(), recipe.subject);
  X509_set_issuer_name(x509.get(), X509_get_subject_name(parent));
  X509_set_pubkey(x509.get(), own.native());
  for (const auto& [name, value] : recipe.extensions) {
    if (name == "authorityKeyIdentifier" && issuer == nullptr) continue;
    addExtension(x509.get(), parent, name, value);
  }
  const EVP_MD* digest = recipe.digest == nullptr ? nullptr : EVP_get_digestbyname(recipe.digest);
  require(X509_sign(x509.get(), signer.native(), digest) > 0, "signature");
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(x509.get(), &bytes);
  const auto certificate =
      pki::Certificate::fromDer({reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)});
  OPENSSL_free(bytes);
  require(certificate.has_value(), "certificate");
  return {*certificate, own};
}

Extensions caExtensions(const std::string& basicConstraints) {
  return {{"subjectKeyIdentifier", "hash"},
          {"basicConstraints", basicConstraints},
          {"keyUsage", "critical,keyCertSign,cRLSign"},
          {"authorityKeyIdentifier", "keyid"}};
}

std::string keyAs(const pki::PrivateKey& key, const std::string& form) {
  BIO* bio = BIO_new(BIO_s_mem());
  const unsigned char passphrase[] = {'s', 'e', 's', 'a', 'm', 'e'};
  if (form == "traditional-encrypted") {
    PEM_write_bio_PrivateKey_traditional(bio, key.native(), EVP_aes_256_cbc(), passphrase, sizeof passphrase,
                                         nullptr, nullptr);
  } else {
    PEM_write_bio_PrivateKey_traditional(bio, key.native(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  const std::string pem = drained(bio);
  // The OID of P-256, as "openssl ecparam -genkey" prints it in front.
  const std::string parameters =
      "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
  return form == "with-ec-parameters" ? parameters + pem : pem;
}

pki::Certificate root(const std::string& cn) {
  return make({{{"CN", cn}}, caExtensions(), {now, now + std::chrono::days(10)}}).certificate;
}

std::string crlf(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return result;
}

std::string cut(std::string text) {
  text.pop_back();
  return text;
}

}  // namespace craft
