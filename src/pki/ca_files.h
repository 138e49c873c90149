#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "pki/ca_check.h"
#include "pki/certificate.h"
#include "pki/issue.h"
#include "pki/key.h"

namespace pki {

/// What `create-ca` is to make. The defaults are those of istio's tools/certs (common.mk,
/// Makefile.selfsigned.mk), apart from the subjects.
struct CaRequest {
  std::filesystem::path outDirectory;
  std::string name;  // of the intermediate: its folder, and L in its subject
  KeyType rootKey = KeyType::rsa4096, caKey = KeyType::rsa4096;
  int rootDays = 3650, caDays = 3650;
  /// Without a subject each CA gets one of its own, so that two roots are never taken for each other:
  /// "O = Istio, CN = Root CA 1f2e3d4c" and "O = Istio, CN = Intermediate CA 5a6b7c8d, L = NAME".
  std::optional<Name> rootSubject{}, caSubject{};
  /// Exactly the subjects of tools/certs: the same without the digits.
  bool istioNames = false;
  std::vector<std::string> dnsNames{"istiod.istio-system.svc"};
  /// An existing root that signs the intermediate: both, or none. It is not copied but for
  /// NAME/root-cert.pem.
  std::filesystem::path rootCertFile{}, rootKeyFile{};
  base::Secret rootKeyPassphrase{};  // of an existing root's key that is encrypted
  base::Secret encryptRootKey{};     // passphrase for a new root's key; istiod never needs that key
  /// Only a key and a request, for a root that is kept elsewhere.
  bool csrOnly = false;
  base::Time now{};  // notBefore is an hour before: clocks of nodes differ
};

struct CaCreated {
  std::vector<std::filesystem::path> files;  // written, in order
  std::optional<Certificate> root, intermediate;
};

/// Writes OUT/{root-cert,root-key}.pem (a new root) and OUT/NAME/{ca-cert,ca-key,cert-chain,root-cert}.pem,
/// or with csrOnly OUT/NAME/{ca-key.pem,ca.csr}. Mode 0600, never over an existing file: all are looked for
/// before the first is written, and when something fails, what this call made is removed. ca-cert.pem comes
/// last, so that where it stands the others do. Errors: Kind::usage.
base::Result<CaCreated> createCa(const CaRequest& request);

/// Reads ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem of a folder, as they are. A missing one is
/// an error that says what is there instead and what belongs where. Errors: Kind::usage.
base::Result<CaFiles> readCaDirectory(const std::filesystem::path& directory);

}  // namespace pki
