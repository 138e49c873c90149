#pragma once

// OpenSSL's handles as owners, and its error queue as base::Error. For the .cc files of this room alone.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace pki {

template <auto function>
struct FreeWith {
  template <class T>
  void operator()(T* pointer) const {
    function(pointer);
  }
};

using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;
using X509ReqPtr = std::unique_ptr<X509_REQ, FreeWith<X509_REQ_free>>;
using X509NamePtr = std::unique_ptr<X509_NAME, FreeWith<X509_NAME_free>>;
using X509ExtensionPtr = std::unique_ptr<X509_EXTENSION, FreeWith<X509_EXTENSION_free>>;
using X509StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using X509StoreContextPtr = std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, FreeWith<BN_free>>;
using GeneralNamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<GENERAL_NAMES_free>>;
using NameConstraintsPtr = std::unique_ptr<NAME_CONSTRAINTS, FreeWith<NAME_CONSTRAINTS_free>>;

/// A stack that does not own what is in it.
struct FreeCertificateStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using CertificateStackPtr = std::unique_ptr<STACK_OF(X509), FreeCertificateStack>;

struct FreeExtensionStack {
  void operator()(STACK_OF(X509_EXTENSION) * stack) const {
    sk_X509_EXTENSION_pop_free(stack, X509_EXTENSION_free);
  }
};
using ExtensionStackPtr = std::unique_ptr<STACK_OF(X509_EXTENSION), FreeExtensionStack>;

/// Empties the error queue when made and when left, so that a failure's reason is its own and nobody else's.
class ErrorScope {
 public:
  ErrorScope();
  ~ErrorScope();
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;

  /// The oldest reason in the queue (that of the innermost function), "unknown error" if there is none.
  /// Reasons are OpenSSL's fixed texts: no data of ours is in them.
  [[nodiscard]] std::string reason() const;
  [[nodiscard]] base::Error error(base::Kind kind, std::string message) const;
};

/// A BIO that reads these bytes, which must outlive it.
BioPtr readBio(std::string_view bytes);
BioPtr memoryBio();
/// What was written to a memory BIO.
std::string contents(BIO* bio);
/// The same, read out of it (BIO_reset would clear all that it ever held, byte by byte).
std::string taken(BIO* bio);

/// The DER that one of OpenSSL's i2d functions gives; empty if it fails.
template <class T>
std::string toDer(const T* value, int (*encode)(const T*, unsigned char**)) {
  unsigned char* bytes = nullptr;
  const int size = encode(value, &bytes);
  if (size <= 0 || bytes == nullptr) return {};
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace pki
