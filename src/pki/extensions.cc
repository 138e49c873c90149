#include "pki/extensions.h"

#include <fmt/format.h>

namespace pki {
namespace {

constexpr std::string_view dnsCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*";

base::Status checkDnsName(const std::string& name) {
  if (!name.empty() && name.size() <= 253 && name.find_first_not_of(dnsCharacters) == std::string::npos)
    return {};
  return base::fail({base::Kind::usage, fmt::format("\"{}\" is not a DNS name", name), "",
                     "Letters, digits, \"-\" and \".\", as in istiod.istio-system.svc."});
}

base::Status checkUri(const std::string& uri) {
  const bool printable =
      uri.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%") ==
      std::string::npos;
  if (printable && uri.find("://") != std::string::npos) return {};
  return base::fail({base::Kind::usage, fmt::format("\"{}\" is not a URI", uri), "",
                     "A SPIFFE ID is meant: spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT."});
}

void push(GENERAL_NAMES* names, int type, const std::string& text) {
  ASN1_IA5STRING* value = ASN1_IA5STRING_new();
  ASN1_STRING_set(value, text.data(), static_cast<int>(text.size()));
  GENERAL_NAME* name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, type, value);
  sk_GENERAL_NAME_push(names, name);
}

/// False if it is a name and no IPv4 address.
bool pushAddress(GENERAL_NAMES* names, const std::string& text) {
  ASN1_OCTET_STRING* address = a2i_IPADDRESS(text.c_str());
  if (address == nullptr) return false;
  GENERAL_NAME* name = GENERAL_NAME_new();
  GENERAL_NAME_set0_value(name, GEN_IPADD, address);
  sk_GENERAL_NAME_push(names, name);
  return true;
}

}  // namespace

base::Result<X509ExtensionPtr> makeExtension(const Extension& extension, X509V3_CTX* context) {
  const ErrorScope errors;
  X509ExtensionPtr made(X509V3_EXT_conf_nid(nullptr, context, extension.nid, extension.value));
  if (!made) {
    return base::fail(errors.error(base::Kind::failed,
                                   fmt::format("cannot make the extension {}", OBJ_nid2ln(extension.nid))));
  }
  return made;
}

base::Result<X509ExtensionPtr> makeAlternativeNames(const std::vector<std::string>& dnsNames,
                                                    const std::vector<std::string>& uris, Critical critical) {
  const ErrorScope errors;
  const GeneralNamesPtr names(GENERAL_NAMES_new());
  for (const std::string& name : dnsNames) {
    TRY(checkDnsName(name));
    if (!pushAddress(names.get(), name)) push(names.get(), GEN_DNS, name);
  }
  for (const std::string& uri : uris) {
    TRY(checkUri(uri));
    push(names.get(), GEN_URI, uri);
  }
  X509ExtensionPtr made(X509V3_EXT_i2d(NID_subject_alt_name, critical == Critical::yes ? 1 : 0, names.get()));
  if (!made) return base::fail(errors.error(base::Kind::failed, "cannot make the subject alternative names"));
  return made;
}

}  // namespace pki
