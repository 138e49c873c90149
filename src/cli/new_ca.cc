#include "cli/new_ca.h"

#include "base/file.h"
#include "base/text.h"
#include "pki/ca_check.h"
#include "pki/ca_files.h"
#include "pki/pem.h"
#include "pki/verify.h"

namespace cli {

base::Result<LoadedCa> loadCa(const std::filesystem::path& folder, base::Time now) {
  TRY_ASSIGN(auto files, pki::readCaDirectory(folder));
  auto checked = pki::checkCa(std::move(files), now);
  if (!checked.usable()) {
    std::vector<std::string> reasons;
    std::string hint;
    for (const auto& finding : checked.findings) {
      if (finding.severity != pki::CaFinding::Severity::error) continue;
      reasons.push_back(finding.message);
      if (hint.empty()) hint = finding.hint;
    }
    return base::fail({base::Kind::usage, "the CA in " + folder.string() + " cannot be used",
                       base::join(reasons, "; "),
                       hint.empty() ? "see: kubectl istio-ca check-ca " + folder.string() : hint});
  }
  const auto& signer = checked.chain.front();
  const std::vector<pki::Certificate> rest(checked.chain.begin() + 1, checked.chain.end());
  for (const auto& root : checked.roots) {
    if (pki::whyNotTrusted(signer, rest, {root}, now, pki::Purpose::any)) continue;
    return LoadedCa{
        {signer, checked.files.caCert, checked.files.certChain}, root, std::move(checked.files.caKey)};
  }
  return base::fail({base::Kind::usage, "the CA in " + folder.string() + " cannot be used",
                     "ca-cert.pem verifies with no root of root-cert.pem", "see: kubectl istio-ca check-ca"});
}

base::Result<pki::Certificate> loadRoot(const std::filesystem::path& file) {
  TRY_ASSIGN(const auto bytes, base::readFile(file));
  TRY_ASSIGN(const auto certificates, pki::parseCertificates(bytes, file.string()));
  if (certificates.size() != 1) {
    return base::fail({base::Kind::usage,
                       file.string() + " holds " + std::to_string(certificates.size()) + " certificates",
                       "one root is added at a time", "name a file with the new root alone"});
  }
  const auto& root = certificates.front();
  if (!root.selfSigned() || !root.isCa()) {
    return base::fail({base::Kind::usage, file.string() + " is not a root",
                       root.selfSigned() ? "it is not a CA certificate" : "it is issued by " + root.issuer(),
                       "name the self-signed root that the new intermediate is issued by"});
  }
  return root;
}

}  // namespace cli
