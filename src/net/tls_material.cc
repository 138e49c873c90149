#include "net/tls_material.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstring>

namespace net {

namespace {

template <auto function>
struct FreeWith {
  template <class T>
  void operator()(T* pointer) const {
    function(pointer);
  }
};
struct FreeChain {
  void operator()(STACK_OF(X509) * chain) const { sk_X509_pop_free(chain, X509_free); }
};
struct FreeInfos {
  void operator()(STACK_OF(X509_INFO) * infos) const { sk_X509_INFO_pop_free(infos, X509_INFO_free); }
};
using BioPtr = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;
using X509Ptr = std::unique_ptr<X509, FreeWith<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;
using ChainPtr = std::unique_ptr<STACK_OF(X509), FreeChain>;
using InfosPtr = std::unique_ptr<STACK_OF(X509_INFO), FreeInfos>;

BioPtr reading(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), int(text.size())));
}

/// As curl makes one (lib/vtls/openssl.c: load_cacert_from_memory, populate_x509_store); null if there is
/// anything but certificates in it.
StorePtr storeOf(std::string_view pem) {
  const InfosPtr infos(PEM_X509_INFO_read_bio(reading(pem).get(), nullptr, nullptr, nullptr));
  StorePtr store(X509_STORE_new());
  if (!infos || !store || sk_X509_INFO_num(infos.get()) == 0) return nullptr;
  for (int i = 0; i < sk_X509_INFO_num(infos.get()); ++i) {
    const X509_INFO* info = sk_X509_INFO_value(infos.get(), i);
    if (info->x509 == nullptr || info->crl != nullptr || X509_STORE_add_cert(store.get(), info->x509) != 1)
      return nullptr;
  }
  X509_STORE_set_flags(store.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  return store;
}

int noPassphrase(char*, int, int, void*) {
  return 0;
}

bool isOpenSsl() {
  const char* version = curl_version_info(CURLVERSION_NOW)->ssl_version;
  return version != nullptr && std::strncmp(version, "OpenSSL/", 8) == 0;
}

}  // namespace

struct TlsMaterial::Parsed {
  bool trusts = false, presents = false;  // has a store, a certificate
  StorePtr store{};
  X509Ptr certificate{};
  ChainPtr chain{};
  KeyPtr key{};

  bool readCertificate(const Endpoint& endpoint) {
    const auto bio = reading(endpoint.clientCertificatePem);
    certificate.reset(PEM_read_bio_X509_AUX(bio.get(), nullptr, noPassphrase, nullptr));
    chain.reset(sk_X509_new_null());
    while (certificate && chain) {
      X509Ptr next(PEM_read_bio_X509(bio.get(), nullptr, noPassphrase, nullptr));
      if (!next) break;
      if (sk_X509_push(chain.get(), next.get()) > 0) static_cast<void>(next.release());
    }
    key.reset(PEM_read_bio_PrivateKey(reading(endpoint.clientKeyPem.reveal()).get(), nullptr, noPassphrase,
                                      nullptr));
    return certificate && chain && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  }

  [[nodiscard]] bool give(SSL_CTX* context) const {
    if (trusts) SSL_CTX_set1_cert_store(context, store.get());
    return !presents || SSL_CTX_use_cert_and_key(context, certificate.get(), key.get(), chain.get(), 1) == 1;
  }
  static CURLcode giveToCurls(CURL*, void* context, void* self) {
    const bool given = static_cast<const Parsed*>(self)->give(static_cast<SSL_CTX*>(context));
    return given ? CURLE_OK : CURLE_SSL_CERTPROBLEM;
  }
};

TlsMaterial::TlsMaterial() = default;
TlsMaterial::TlsMaterial(TlsMaterial&&) noexcept = default;
TlsMaterial& TlsMaterial::operator=(TlsMaterial&&) noexcept = default;
TlsMaterial::~TlsMaterial() = default;

TlsMaterial::TlsMaterial(const Endpoint& endpoint, const std::string& proxy) {
  const bool trusts = endpoint.caPem && !endpoint.insecureSkipVerify;
  const bool presents = !endpoint.clientCertificatePem.empty();
  if (!isOpenSsl() || proxy.starts_with("https:") || !(trusts || presents)) return;
  auto parsed = std::make_unique<Parsed>(Parsed{.trusts = trusts, .presents = presents});
  if (trusts) parsed->store = storeOf(*endpoint.caPem);
  const bool well = (!trusts || parsed->store) && (!presents || parsed->readCertificate(endpoint));
  ERR_clear_error();
  if (well) parsed_ = std::move(parsed);
}

bool TlsMaterial::trusts() const {
  return parsed_ && parsed_->trusts;
}

bool TlsMaterial::applyTo(ssl_ctx_st* context) const {
  return parsed_ && parsed_->give(context);
}

bool TlsMaterial::applyTo(CURL* easy) const {
  if (!parsed_) return false;
  if (curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, Parsed::giveToCurls) != CURLE_OK) return false;
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, const_cast<Parsed*>(parsed_.get()));
  if (parsed_->trusts) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, nullptr);
  }
  return true;
}

}  // namespace net
