#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "pki/ca_findings.h"
#include "pki/describe.h"
#include "pki/openssl.h"

namespace pki {
namespace {

constexpr auto soon = std::chrono::days(30);
constexpr const char* newCertificate = "Have a new certificate made for the CA.";

/// What Go calls handled (crypto/x509/parser.go); OpenSSL knows more, and would pass what istiod refuses.
bool goHandles(int nid) {
  constexpr std::array known{NID_key_usage,        NID_basic_constraints,       NID_subject_alt_name,
                             NID_name_constraints, NID_crl_distribution_points, NID_authority_key_identifier,
                             NID_ext_key_usage,    NID_subject_key_identifier,  NID_certificate_policies,
                             NID_policy_mappings,  NID_policy_constraints,      NID_inhibit_any_policy,
                             NID_info_access};
  return std::find(known.begin(), known.end(), nid) != known.end();
}

bool goReads(const STACK_OF(GENERAL_SUBTREE) * trees) {
  for (int i = 0; i < sk_GENERAL_SUBTREE_num(trees); ++i) {
    const int type = sk_GENERAL_SUBTREE_value(trees, i)->base->type;
    if (type != GEN_DNS && type != GEN_IPADD && type != GEN_EMAIL && type != GEN_URI) return false;
  }
  return true;
}

/// Go takes critical name constraints of other kinds (directory names) for an extension that it does not
/// know.
bool goReadsNameConstraints(const X509* x509) {
  const NameConstraintsPtr constraints(
      static_cast<NAME_CONSTRAINTS*>(X509_get_ext_d2i(x509, NID_name_constraints, nullptr, nullptr)));
  return constraints && goReads(constraints->permittedSubtrees) && goReads(constraints->excludedSubtrees);
}

bool goReadsAlternativeNames(const X509* x509) {
  const GeneralNamesPtr names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const int type = sk_GENERAL_NAME_value(names.get(), i)->type;
    if (type == GEN_DNS || type == GEN_IPADD || type == GEN_EMAIL || type == GEN_URI) return true;
  }
  return false;
}

std::string nameOf(const ASN1_OBJECT* object) {
  std::array<char, 80> text{};
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 0);
  return text.data();
}

class CertificateCheck {
 public:
  CertificateCheck(const Certificate& certificate, const std::string& where, bool isRoot, base::Time now)
      : certificate_(certificate), x509_(certificate.native()), where_(where), isRoot_(isRoot), now_(now) {}

  CaFindings run() {
    const ErrorScope errors;
    checkRole();
    checkKey();
    checkDigest();
    checkDates();
    checkExtensions();
    return std::move(findings_);
  }

 private:
  void checkRole() {
    if (X509_get_version(x509_) != X509_VERSION_3) {
      findings_.error("not-v3", where_ + " is not an X.509 v3 certificate",
                      "Only v3 carries the extensions that make a CA. " + std::string(newCertificate));
    }
    if (!certificate_.isCa()) {
      findings_.error("not-a-ca",
                      where_ +
                          " is not a CA: basicConstraints CA:TRUE is missing (istiod: \"certificate is not "
                          "authorized to sign other certificates\")",
                      "Have it issued as a CA certificate; that of a server or client cannot sign.");
    }
    if (!certificate_.maySign()) {
      findings_.error("key-usage", where_ + " must not sign: its key usage lacks keyCertSign",
                      "Have it issued with key usage keyCertSign.");
    }
    const bool limited = (X509_get_extension_flags(x509_) & EXFLAG_XKUSAGE) != 0;
    if (limited && (X509_get_extended_key_usage(x509_) & (XKU_SSL_SERVER | XKU_ANYEKU)) == 0) {
      findings_.error("extended-key-usage",
                      where_ +
                          " has an extended key usage without serverAuth (istiod: \"certificate specifies an "
                          "incompatible key usage\")",
                      "A CA for a mesh has no extended key usage, or serverAuth and clientAuth.");
    }
    if (certificate_.serial().starts_with('-')) {
      findings_.error("negative-serial",
                      where_ +
                          " has a negative serial number (istiod: \"failed to parse X.509 "
                          "certificate\")",
                      newCertificate);
    }
  }

  void checkKey() {
    const EVP_PKEY* key = X509_get0_pubkey(x509_);
    const std::string description = certificate_.keyDescription();
    const bool rsa = key != nullptr && EVP_PKEY_is_a(key, "RSA") == 1;
    if (!rsa && description != "EC P-256" && description != "EC P-384" && description != "EC P-521") {
      findings_.error("key-type",
                      fmt::format("{} has a key that Istio does not work with: {}", where_, description),
                      "Use RSA of 2048 bits or more, or EC on P-256 or P-384.");
    }
    if (rsa && EVP_PKEY_get_bits(key) < 2048) {
      findings_.error("small-key", fmt::format("{} has a key that is too small: {}", where_, description),
                      "Use RSA of 2048 bits or more, or EC on P-256 or P-384.");
    }
  }

  void checkDigest() {
    if (!certificate_.weakDigest()) return;
    const std::string message =
        fmt::format("{} is signed with a weak digest, {}", where_, certificate_.signatureAlgorithm());
    if (isRoot_) {
      findings_.warning("weak-digest", message,
                        "Nobody checks a root's own signature, but make a new root some time.");
    } else {
      findings_.error("weak-digest",
                      message + " (istiod: \"x509: cannot verify signature: insecure algorithm\")",
                      "Have it issued again with SHA-256.");
    }
  }

  void checkDates() {
    if (certificate_.notAfter() <= now_) {
      findings_.error(
          "expired",
          fmt::format("{} expired on {} (istiod: \"certificate has expired or is not yet valid\", \"cert "
                      "chain has expired\")",
                      where_, base::formatTime(certificate_.notAfter())),
          newCertificate);
    } else if (certificate_.notAfter() - now_ < soon) {
      findings_.warning(
          "expires-soon",
          fmt::format("{} expires in {}, on {}", where_, base::formatDuration(certificate_.notAfter() - now_),
                      base::formatTime(certificate_.notAfter())),
          "A rotation to it would have to be repeated then. " + std::string(newCertificate));
    }
    if (now_ < certificate_.notBefore()) {
      findings_.error(
          "not-yet-valid",
          fmt::format("{} is not valid before {} (istiod: \"certificate has expired or is not yet valid\")",
                      where_, base::formatTime(certificate_.notBefore())),
          "Wait until then; or, if the date is wrong, check the clocks.");
    }
  }

  void checkExtensions() {
    std::set<std::string> seen;
    bool twice = false;
    for (int i = 0; i < X509_get_ext_count(x509_); ++i) {
      X509_EXTENSION* extension = X509_get_ext(x509_, i);
      const ASN1_OBJECT* object = X509_EXTENSION_get_object(extension);
      if (!seen.insert(toDer<ASN1_OBJECT>(object, i2d_ASN1_OBJECT)).second) {
        twice = true;
        findings_.error(
            "duplicate-extension",
            fmt::format("{} has the extension {} twice (istiod: \"failed to parse X.509 certificate\")",
                        where_, nameOf(object)),
            newCertificate);
      }
      if (X509_EXTENSION_get_critical(extension) != 1) continue;
      const int nid = OBJ_obj2nid(object);
      const bool read = goHandles(nid) && (nid != NID_name_constraints || goReadsNameConstraints(x509_)) &&
                        (nid != NID_subject_alt_name || goReadsAlternativeNames(x509_));
      if (read) continue;
      findings_.error(
          "unhandled-critical-extension",
          fmt::format("{} has a critical extension that istiod does not read: {} (istiod: \"x509: "
                      "unhandled critical extension\")",
                      where_, nameOf(object)),
          "Have it issued without that extension, or with the extension not critical.");
    }
    if (!twice && (X509_get_extension_flags(x509_) & EXFLAG_INVALID) != 0) {
      findings_.error("damaged-extension", where_ + " has an extension that cannot be read", newCertificate);
    }
  }

  const Certificate& certificate_;
  X509* x509_;
  const std::string& where_;
  bool isRoot_;
  base::Time now_;
  CaFindings findings_;
};

}  // namespace

CaFindings checkCaCertificate(const Certificate& certificate, const std::string& where, bool isRoot,
                              base::Time now) {
  return CertificateCheck(certificate, where, isRoot, now).run();
}

}  // namespace pki
