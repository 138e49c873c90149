#pragma once

// Extensions of what we issue. For the .cc files of this room.

#include <string>
#include <vector>

#include "base/result.h"
#include "pki/openssl.h"

namespace pki {

/// One extension in OpenSSL's configuration syntax. `value` is always a text of ours, never one from outside.
struct Extension {
  int nid;
  const char* value;
};

enum class Critical { no, yes };

/// Makes an extension for the subject (and issuer) of `context`.
base::Result<X509ExtensionPtr> makeExtension(const Extension& extension, X509V3_CTX* context);
/// A subjectAltName of DNS names (those that are IPv4 addresses as such) and URIs; the values are checked and
/// taken as they are.
base::Result<X509ExtensionPtr> makeAlternativeNames(const std::vector<std::string>& dnsNames,
                                                    const std::vector<std::string>& uris, Critical critical);

}  // namespace pki
