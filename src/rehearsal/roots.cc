#include "rehearsal/roots.h"

#include <set>

#include "pki/pem.h"

namespace rehearsal {

SharedRoots RootsTable::of(const std::string& pem) {
  auto& known = byPem_[pem];
  if (!known) {
    const auto certificates = pki::certificatesAsGoReads(pem);
    known = std::make_shared<const Roots>(Roots{pem, certificates, pki::TrustStore(certificates)});
  }
  return known;
}

SharedRoots RootsTable::merged(const Text& pushed, const Text& answered) {
  std::string parts = pushed ? *pushed : std::string();
  parts += '\0';
  if (answered) parts += *answered;
  auto& known = byParts_[parts];
  if (!known) {
    std::set<std::string> anchors;
    for (const auto& bundle : {pushed, answered}) {
      if (!bundle) continue;
      for (const auto& certificate : pki::certificatesAsGoReads(*bundle)) anchors.insert(certificate.pem());
    }
    std::string pem;
    for (const auto& anchor : anchors) pem += anchor;
    known = of(pem);
  }
  return known;
}

}  // namespace rehearsal
