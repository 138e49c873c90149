#include "pki/issue.h"

#include <fmt/format.h>
#include <openssl/pem.h>

#include <algorithm>

#include "pki/extensions.h"
#include "pki/name.h"
#include "pki/openssl.h"

namespace pki {
namespace {

constexpr const char* caKeyUsage = "critical,digitalSignature,nonRepudiation,keyEncipherment,keyCertSign";

/// What differs between the certificates that we make.
struct Wish {
  Name subject;
  Validity validity;
  std::vector<Extension> extensions;
  std::vector<std::string> dnsNames, uris;
  Critical alternativeNames = Critical::no;
};

const EVP_MD* digestFor(const PrivateKey& signer) {
  const EVP_PKEY* key = signer.native();
  if (EVP_PKEY_is_a(key, "ED25519") == 1 || EVP_PKEY_is_a(key, "ED448") == 1) return nullptr;  // has its own
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_bits(key) > 256 ? EVP_sha384() : EVP_sha256();
}

bool setSerial(X509* x509) {
  const NumberPtr number(BN_new());
  return number && BN_rand(number.get(), 159, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(x509)) != nullptr;
}

bool setValidity(X509* x509, const Validity& validity) {
  const auto seconds = [](base::Time time) { return std::chrono::system_clock::to_time_t(time); };
  return ASN1_TIME_set(X509_getm_notBefore(x509), seconds(validity.notBefore)) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(x509), seconds(validity.notAfter)) != nullptr;
}

base::Error cannotIssue(const ErrorScope& errors) {
  return errors.error(base::Kind::failed, "cannot make the certificate");
}

/// Extensions in the order of tools/certs: those of the wish, the alternative names, the issuer's key
/// identifier.
base::Status addExtensions(X509* x509, const Wish& wish, X509* issuer) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  for (const Extension& extension : wish.extensions) {
    TRY_ASSIGN(const auto made, makeExtension(extension, &context));
    X509_add_ext(x509, made.get(), -1);
  }
  if (!wish.dnsNames.empty() || !wish.uris.empty()) {
    TRY_ASSIGN(const auto names, makeAlternativeNames(wish.dnsNames, wish.uris, wish.alternativeNames));
    X509_add_ext(x509, names.get(), -1);
  }
  if (X509_get_ext_by_NID(issuer, NID_subject_key_identifier, -1) >= 0) {
    TRY_ASSIGN(const auto made, makeExtension({NID_authority_key_identifier, "keyid:always"}, &context));
    X509_add_ext(x509, made.get(), -1);
  }
  return {};
}

/// For the public half of `key`; `issuer` is null for a certificate that signs itself.
base::Result<Certificate> issue(EVP_PKEY* key, const Wish& wish, const Certificate* issuer,
                                const PrivateKey& signer) {
  const ErrorScope errors;
  TRY_ASSIGN(const X509NamePtr subject, toX509Name(wish.subject));
  X509Ptr x509(X509_new());
  if (!x509 || X509_set_version(x509.get(), X509_VERSION_3) != 1 || !setSerial(x509.get()) ||
      !setValidity(x509.get(), wish.validity) || X509_set_subject_name(x509.get(), subject.get()) != 1 ||
      X509_set_pubkey(x509.get(), key) != 1) {
    return base::fail(cannotIssue(errors));
  }
  X509* parent = issuer == nullptr ? x509.get() : issuer->native();
  if (X509_set_issuer_name(x509.get(), X509_get_subject_name(parent)) != 1)
    return base::fail(cannotIssue(errors));
  TRY(addExtensions(x509.get(), wish, parent));
  if (X509_sign(x509.get(), signer.native(), digestFor(signer)) <= 0) return base::fail(cannotIssue(errors));
  return Certificate::ofMade(x509.release());
}

/// The issuer can sign, and its key is the one that was given.
base::Status checkIssuer(const Certificate& issuer, const PrivateKey& key) {
  if (!key.matches(issuer)) {
    return base::fail({base::Kind::usage, fmt::format("the key does not belong to {}", issuer.subject()),
                       fmt::format("the certificate's key is {}, the key given is another ({})",
                                   issuer.keyDescription(), key.description()),
                       "Give the key that was made together with this certificate."});
  }
  if (!issuer.isCa() || !issuer.maySign()) {
    return base::fail(
        {base::Kind::usage, fmt::format("{} must not sign certificates", issuer.subject()),
         issuer.isCa() ? "its key usage lacks keyCertSign" : "it is not a CA (basicConstraints CA:TRUE)",
         "Use a CA certificate."});
  }
  return {};
}

Validity within(Validity wanted, const Certificate& issuer) {
  return {std::max(wanted.notBefore, issuer.notBefore()), std::min(wanted.notAfter, issuer.notAfter())};
}

std::vector<Extension> leafExtensions() {
  return {{NID_key_usage, "critical,digitalSignature,keyEncipherment"},
          {NID_ext_key_usage, "serverAuth,clientAuth"},
          {NID_basic_constraints, "critical,CA:FALSE"}};
}

base::Result<Certificate> issueLeaf(EVP_PKEY* key, Wish wish, const Certificate& issuer,
                                    const PrivateKey& issuerKey) {
  TRY(checkIssuer(issuer, issuerKey));
  wish.validity = within(wish.validity, issuer);
  wish.extensions = leafExtensions();
  wish.alternativeNames = Critical::yes;
  return issue(key, wish, &issuer, issuerKey);
}

tl::unexpected<base::Error> noRequest(const ErrorScope& errors) {
  return base::fail(errors.error(base::Kind::failed, "cannot make the certificate request"));
}

/// With an empty subject; nullptr if OpenSSL cannot.
X509ReqPtr newRequest(const PrivateKey& key) {
  X509ReqPtr request(X509_REQ_new());
  if (!request || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.native()) != 1) {
    return nullptr;
  }
  return request;
}

base::Result<std::string> signedRequest(X509_REQ* request, const PrivateKey& key, const ErrorScope& errors) {
  const BioPtr pem = memoryBio();
  if (X509_REQ_sign(request, key.native(), digestFor(key)) <= 0 ||
      PEM_write_bio_X509_REQ(pem.get(), request) != 1) {
    return noRequest(errors);
  }
  return contents(pem.get());
}

}  // namespace

base::Result<Certificate> makeRoot(const PrivateKey& key, const Name& subject, Validity validity) {
  const Wish wish{subject,
                  validity,
                  {{NID_subject_key_identifier, "hash"},
                   {NID_basic_constraints, "critical,CA:TRUE"},
                   {NID_key_usage, caKeyUsage}},
                  {},
                  {}};
  return issue(key.native(), wish, nullptr, key);
}

base::Result<Certificate> makeIntermediate(const PrivateKey& key, const Name& subject,
                                           const std::vector<std::string>& dnsNames, Validity validity,
                                           const Certificate& root, const PrivateKey& rootKey) {
  TRY(checkIssuer(root, rootKey));
  if (root.pathLength() == 0) {
    return base::fail({base::Kind::usage, fmt::format("{} must not sign another CA", root.subject()),
                       "its path length is 0",
                       "Use a root without a path length, or with one of at least 1."});
  }
  const Wish wish{subject,
                  within(validity, root),
                  {{NID_subject_key_identifier, "hash"},
                   {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                   {NID_key_usage, caKeyUsage}},
                  dnsNames,
                  {}};
  if (wish.validity.notBefore >= wish.validity.notAfter) {
    return base::fail({base::Kind::usage,
                       fmt::format("{} cannot sign a CA that is valid then", root.subject()),
                       fmt::format("it is valid from {} to {}", base::formatTime(root.notBefore()),
                                   base::formatTime(root.notAfter())),
                       "Make a new root."});
  }
  return issue(key.native(), wish, &root, rootKey);
}

base::Result<std::string> makeCsr(const PrivateKey& key, const Name& subject,
                                  const std::vector<std::string>& dnsNames) {
  const ErrorScope errors;
  TRY_ASSIGN(const X509NamePtr name, toX509Name(subject));
  const X509ReqPtr request = newRequest(key);
  if (!request || X509_REQ_set_subject_name(request.get(), name.get()) != 1) return noRequest(errors);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, nullptr, nullptr, request.get(), nullptr, 0);
  const ExtensionStackPtr extensions(sk_X509_EXTENSION_new_null());
  for (const Extension& extension : {Extension{NID_subject_key_identifier, "hash"},
                                     Extension{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                                     Extension{NID_key_usage, caKeyUsage}}) {
    TRY_ASSIGN(auto made, makeExtension(extension, &context));
    sk_X509_EXTENSION_push(extensions.get(), made.release());
  }
  if (!dnsNames.empty()) {
    TRY_ASSIGN(auto names, makeAlternativeNames(dnsNames, {}, Critical::no));
    sk_X509_EXTENSION_push(extensions.get(), names.release());
  }
  if (X509_REQ_add_extensions(request.get(), extensions.get()) != 1) return noRequest(errors);
  return signedRequest(request.get(), key, errors);
}

base::Result<std::string> makeBareCsr(const PrivateKey& key) {
  const ErrorScope errors;
  const X509ReqPtr request = newRequest(key);
  if (!request) return noRequest(errors);
  return signedRequest(request.get(), key, errors);
}

base::Result<Certificate> makeWorkload(const PrivateKey& key, const std::string& spiffeId, Validity validity,
                                       const Certificate& issuer, const PrivateKey& issuerKey) {
  return issueLeaf(key.native(), {{}, validity, {}, {}, {spiffeId}}, issuer, issuerKey);
}

base::Result<Certificate> makeRequested(std::string_view csr, const std::string& spiffeId, Validity validity,
                                        const Certificate& issuer, const PrivateKey& issuerKey) {
  const ErrorScope errors;
  const BioPtr bio = readBio(csr);
  const X509ReqPtr request(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  if (key == nullptr)
    return base::fail(errors.error(base::Kind::usage, "cannot read the certificate request"));
  if (X509_REQ_verify(request.get(), key) != 1)
    return base::fail(errors.error(base::Kind::usage, "the certificate request is not signed by its key"));
  return issueLeaf(key, {{}, validity, {}, {}, {spiffeId}}, issuer, issuerKey);
}

base::Result<Certificate> makeUser(const PrivateKey& key, const Name& subject, Validity validity,
                                   const Certificate& issuer, const PrivateKey& issuerKey) {
  return issueLeaf(key.native(), {subject, validity, {}, {}, {}}, issuer, issuerKey);
}

base::Result<Certificate> makeServer(const PrivateKey& key, const std::vector<std::string>& dnsNames,
                                     Validity validity, const Certificate& issuer,
                                     const PrivateKey& issuerKey) {
  return issueLeaf(key.native(), {{}, validity, {}, dnsNames, {}}, issuer, issuerKey);
}

}  // namespace pki
