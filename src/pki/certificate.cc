#include "pki/certificate.h"

#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "base/text.h"
#include "pki/describe.h"
#include "pki/openssl.h"
#include "pki/pem.h"

namespace pki {

struct Certificate::Parsed {
  X509Ptr x509;
  Fingerprint fingerprint;
};

struct Certificate::Data {
  X509Ptr x509;
  Fingerprint fingerprint;
  base::Time notBefore, notAfter;
};

/// Decoding is slow in OpenSSL 3.0 (about 100 microseconds), and the proxies of a mesh share their roots and
/// intermediates: a fleet costs what its distinct certificates cost. Knows those that somebody holds.
class Certificate::Cache {
 public:
  std::shared_ptr<const Data> find(const Fingerprint& fingerprint) {
    const std::lock_guard lock(mutex_);
    const auto known = certificates_.find(fingerprint);
    return known == certificates_.end() ? nullptr : known->second.lock();
  }
  void keep(const std::shared_ptr<const Data>& data) {
    const std::lock_guard lock(mutex_);
    certificates_.insert_or_assign(data->fingerprint, data);
    if (certificates_.size() < sweepAt_) return;
    std::erase_if(certificates_, [](const auto& known) { return known.second.expired(); });
    sweepAt_ = std::max(smallest, 2 * certificates_.size());
  }
  static Cache& shared() {
    static Cache cache;
    return cache;
  }

 private:
  static constexpr std::size_t smallest = 1024;

  std::mutex mutex_{};
  std::unordered_map<Fingerprint, std::weak_ptr<const Data>> certificates_{};
  std::size_t sweepAt_ = smallest;
};

namespace {

base::Error notACertificate(std::string reason) {
  return {base::Kind::usage, "not a valid X.509 certificate", std::move(reason)};
}

/// The parsed certificate, if `der` is one and nothing but one.
base::Result<X509Ptr> decode(std::string_view der) {
  const ErrorScope errors;
  auto next = reinterpret_cast<const unsigned char*>(der.data());
  const auto* end = next + der.size();
  X509Ptr x509(d2i_X509(nullptr, &next, static_cast<long>(der.size())));
  if (!x509) return base::fail(notACertificate(errors.reason()));
  if (next != end) return base::fail(notACertificate("bytes after its end"));
  // OpenSSL reads some BER too; Go and Envoy do not, and a fingerprint must be that of the bytes.
  if (toDer(x509.get(), i2d_X509) != der) return base::fail(notACertificate("not in DER"));
  return x509;
}

}  // namespace

base::Result<Certificate> Certificate::fromDer(std::string_view der) {
  Fingerprint fingerprint = base::sha256Hex(der);
  if (auto known = Cache::shared().find(fingerprint)) return Certificate(std::move(known));

  TRY_ASSIGN(X509Ptr x509, decode(der));
  return of({std::move(x509), std::move(fingerprint)});
}

base::Result<Certificate> Certificate::ofMade(X509* made) {
  X509Ptr x509(made);
  auto fingerprint = base::sha256Hex(toDer<X509>(made, i2d_X509));
  return of({std::move(x509), std::move(fingerprint)});
}

base::Result<Certificate> Certificate::of(Parsed parsed) {
  auto& [x509, fingerprint] = parsed;
  const auto notBefore = timeOf(X509_get0_notBefore(x509.get()));
  const auto notAfter = timeOf(X509_get0_notAfter(x509.get()));
  if (!notBefore || !notAfter) return base::fail(notACertificate("a date in it is not a date"));
  // Parses the extensions now, once; later reads of flags and usages then change nothing in the object.
  X509_check_purpose(x509.get(), -1, 0);

  auto data =
      std::make_shared<const Data>(Data{std::move(x509), std::move(fingerprint), *notBefore, *notAfter});
  Cache::shared().keep(data);
  return Certificate(std::move(data));
}

base::Result<Certificate> Certificate::fromPem(std::string_view pem) {
  TRY_ASSIGN(const auto certificates, parseCertificates(pem, "PEM text"));
  if (certificates.size() != 1) {
    return base::fail({base::Kind::usage, "PEM text holds " + std::to_string(certificates.size()) +
                                              " certificates where one is expected"});
  }
  return certificates.front();
}

const Fingerprint& Certificate::fingerprint() const {
  return data_->fingerprint;
}

std::string Certificate::der() const {
  return toDer<X509>(native(), i2d_X509);
}

std::string Certificate::pem() const {
  const ErrorScope errors;
  const BioPtr bio = memoryBio();
  PEM_write_bio_X509(bio.get(), native());
  return contents(bio.get());
}

std::string Certificate::text() const {
  const ErrorScope errors;
  // The defaults of the openssl command: get_nameopt() in its apps/lib/apps.c, changed in 3.2 and by 3.5.9.
  const auto isSince = [](unsigned minor) {
    return OPENSSL_version_major() > 3 || (OPENSSL_version_major() == 3 && OPENSSL_version_minor() >= minor);
  };
  unsigned long names = XN_FLAG_ONELINE;
  if (isSince(2)) names = XN_FLAG_SEP_CPLUS_SPC | ASN1_STRFLGS_UTF8_CONVERT;
  if (isSince(5)) names |= ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER;
  const BioPtr bio = memoryBio();
  X509_print_ex(bio.get(), native(), names, X509_FLAG_COMPAT);
  return contents(bio.get());
}

std::string Certificate::subject() const {
  return describeName(X509_get_subject_name(native()));
}

std::string Certificate::issuer() const {
  return describeName(X509_get_issuer_name(native()));
}

std::string Certificate::serial() const {
  return describeSerial(X509_get0_serialNumber(native()));
}

base::Time Certificate::notBefore() const {
  return data_->notBefore;
}

base::Time Certificate::notAfter() const {
  return data_->notAfter;
}

std::vector<std::string> Certificate::uris() const {
  return alternativeNames(native(), GEN_URI);
}

std::vector<std::string> Certificate::dnsNames() const {
  return alternativeNames(native(), GEN_DNS);
}

bool Certificate::isCa() const {
  return (X509_get_extension_flags(native()) & EXFLAG_CA) != 0;
}

std::optional<long> Certificate::pathLength() const {
  const long length = X509_get_pathlen(native());
  return length < 0 ? std::nullopt : std::optional<long>(length);
}

bool Certificate::maySign() const {
  return (X509_get_key_usage(native()) & KU_KEY_CERT_SIGN) != 0;
}

bool Certificate::selfSigned() const {
  const ErrorScope errors;
  return X509_self_signed(native(), 1) == 1;
}

std::string Certificate::signatureAlgorithm() const {
  return describeSignature(native());
}

bool Certificate::weakDigest() const {
  return hasWeakDigest(native());
}

std::string Certificate::keyDescription() const {
  return describeKey(X509_get0_pubkey(native()));
}

std::string Certificate::keyFingerprint() const {
  return base::sha256Hex(toDer<X509_PUBKEY>(X509_get_X509_PUBKEY(native()), i2d_X509_PUBKEY));
}

bool Certificate::signedBy(const Certificate& issuer) const {
  const ErrorScope errors;
  EVP_PKEY* key = X509_get0_pubkey(issuer.native());
  return key != nullptr && X509_verify(native(), key) == 1;
}

x509_st* Certificate::native() const {
  return data_->x509.get();
}

}  // namespace pki
