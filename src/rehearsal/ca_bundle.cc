#include "rehearsal/ca_bundle.h"

#include <algorithm>
#include <functional>
#include <set>

#include "pki/pem.h"
#include "pki/verify.h"

namespace rehearsal {

namespace {

constexpr std::string_view directoryPath = "/etc/cacerts/";
constexpr int setsSince = 30;  // the minor version of Istio 1

base::Error cannotLoad(std::string why) {
  return {base::Kind::failed, "failed to create CA KeyCertBundle", std::move(why)};
}

/// As Go: any certificate of the pool ends the path, be it self-signed or not.
std::optional<std::string> whyNotVerified(const pki::Certificate& cert,
                                          const std::vector<pki::Certificate>& chain,
                                          const std::vector<pki::Certificate>& roots, base::Time now) {
  auto why = pki::whyNotTrusted(cert, chain, roots, now, pki::Purpose::any);
  const bool byAnother = why && std::any_of(roots.begin(), roots.end(), [&](const auto& root) {
                           return !pki::whyNotIssuedBy(cert, chain, root, now);
                         });
  return byAnother ? std::nullopt : why;
}

std::set<std::string> derOf(const std::string& pem) {
  std::set<std::string> all;
  for (const auto& certificate : pki::certificatesAsGoReads(pem)) all.insert(certificate.fingerprint());
  return all;
}

}  // namespace

CaDirectory CaDirectory::in(const Files& files) {
  CaDirectory directory;
  const auto read = [&](const char* name, std::string& to) {
    const auto found = files.find(std::string(directoryPath) + name);
    if (found == files.end()) return false;
    to += found->second;
    return true;
  };
  if (files.contains(std::string(directoryPath) + "tls.crt")) {
    directory.hasCert = read("tls.crt", directory.cert);
    directory.hasKey = read("tls.key", directory.key);
    directory.hasRoots = read("ca.crt", directory.roots);
    directory.hasChain = read("tls.crt", directory.chain);
    read("ca.crt", directory.chain);
    return directory;
  }
  directory.hasCert = read("ca-cert.pem", directory.cert);
  directory.hasKey = read("ca-key.pem", directory.key);
  directory.hasRoots = read("root-cert.pem", directory.roots);
  directory.hasChain = read("cert-chain.pem", directory.chain);
  return directory;
}

CaDirectory::~CaDirectory() {
  base::cleanse(key);
}

base::Result<SharedCa> loadCa(const CaDirectory& directory, base::Time now) {
  const auto certs = pki::certificatesAsGoReads(directory.cert);
  if (certs.empty()) return base::fail(cannotLoad("failed to parse cert PEM"));
  const auto& signer = certs.front();
  auto chain = pki::certificatesAsGoReads(directory.chain);
  const auto roots = pki::certificatesAsGoReads(directory.roots);
  if (const auto why = whyNotVerified(signer, chain, roots, now)) {
    return base::fail(
        cannotLoad("cannot verify the cert with the provided root chain and cert pool with error: " + *why));
  }
  auto key = pki::PrivateKey::fromPem(base::Secret(std::string(directory.key)), "ca-key.pem");
  if (!key) return base::fail(cannotLoad("failed to parse private key PEM"));
  if (!key->matches(signer)) return base::fail(cannotLoad("the cert does not match the key"));
  const auto kind = std::hash<std::string>()(signer.pem() + pki::toPem(chain));
  return std::make_shared<const CaBundle>(CaBundle{
      signer, *std::move(key), std::move(chain), std::make_shared<const std::string>(directory.roots), kind});
}

base::Status mayStartWith(const CaBundle& ca, base::Time now) {
  if (!ca.signer.isCa())
    return base::fail(cannotLoad("certificate is not authorized to sign other certificates"));
  const auto& first = ca.chain.empty() ? ca.signer : ca.chain.front();
  if (first.notAfter() <= now) return base::fail(cannotLoad("cert chain has expired"));
  return {};
}

bool relatedBundles(const std::string& before, const std::string& after, int minorVersion) {
  if (minorVersion < setsSince)
    return before.find(after) != std::string::npos || after.find(before) != std::string::npos;
  const auto old = derOf(before), fresh = derOf(after);
  return std::includes(old.begin(), old.end(), fresh.begin(), fresh.end()) ||
         std::includes(fresh.begin(), fresh.end(), old.begin(), old.end());
}

}  // namespace rehearsal
