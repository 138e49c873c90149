#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "pki/certificate.h"
#include "pki/key.h"
#include "rehearsal/program.h"
#include "rehearsal/roots.h"

namespace rehearsal {

/// A CA as an istiod has it in memory: what signs, what goes out with each certificate, and the root bundle.
struct CaBundle {
  pki::Certificate signer;
  pki::PrivateKey key;
  std::vector<pki::Certificate> chain;  // of cert-chain.pem; none for a self-signed CA
  Text roots;                           // root-cert.pem, as it is
  std::size_t kind;                     // equal for CAs that present the same certificates
};
using SharedCa = std::shared_ptr<const CaBundle>;

/// The files of /etc/cacerts under the names of the layout that istiod chooses (istio:
/// pilot/pkg/bootstrap/istio_ca.go:230-255).
struct CaDirectory {
  std::string cert, key, chain, roots;  // PEM; the key only on its way
  bool hasCert = false, hasKey = false, hasChain = false, hasRoots = false;

  static CaDirectory in(const Files& files);
  ~CaDirectory();
  CaDirectory() = default;
  CaDirectory(const CaDirectory&) = default;
  CaDirectory& operator=(const CaDirectory&) = default;
  CaDirectory(CaDirectory&&) = default;
  CaDirectory& operator=(CaDirectory&&) = default;

  [[nodiscard]] bool complete() const { return hasCert && hasKey && hasChain && hasRoots; }
  [[nodiscard]] bool empty() const { return !hasCert && !hasKey && !hasChain && !hasRoots; }
  bool operator==(const CaDirectory&) const = default;
};

/// What istiod checks whenever it loads a CA, in its words (istio:
/// security/pkg/pki/util/keycertbundle.go:330-362): that the certificate verifies with the roots and the
/// chain, and that the key is the certificate's.
base::Result<SharedCa> loadCa(const CaDirectory& directory, base::Time now);
/// What it checks at its start alone (istio: security/pkg/pki/ca/ca.go:323,471).
base::Status mayStartWith(const CaBundle& ca, base::Time now);

/// Whether an istiod of this version takes the second bundle in the place of the first, the bytes of which
/// are others: one has to contain the other. As sets of certificates from 1.30 on (istio_ca.go:361-367,734),
/// before that as bytes (bytes.Contains).
bool relatedBundles(const std::string& before, const std::string& after, int minorVersion);

}  // namespace rehearsal
