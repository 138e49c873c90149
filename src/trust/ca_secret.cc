#include "trust/ca_secret.h"

#include "pki/pem.h"
#include "pki/verify.h"
#include "trust/subjects.h"

namespace trust {

namespace {

void addTo(Certificates& set, const pki::Certificate& certificate) {
  if (!contains(set, certificate)) set.push_back(certificate);
}

std::string nameOf(const CaSecret& secret) {
  return "secret " + secret.ns + "/" + secret.name;
}

/// Istiod sends its chain when it serves, but for one that signs with a self-signed CA of its own.
bool pluggedIn(const Istiod& istiod) {
  return istiod.serving && istiod.serving->size() > 1;
}

}  // namespace

base::Result<Certificates> rootsOf(const CaSecret& secret) {
  TRY_ASSIGN(const auto all, pki::parseCertificates(secret.rootCert, "the roots in " + nameOf(secret)));
  Certificates distinct;
  for (const auto& root : all) addTo(distinct, root);
  return distinct;
}

base::Result<Certificates> chainOf(const CaSecret& secret) {
  const auto where = " in " + nameOf(secret);
  TRY_ASSIGN(auto chain, pki::parseCertificates(secret.caCert, "ca-cert.pem" + where));
  chain.resize(1, chain.front());
  if (!secret.certChain.empty()) {
    TRY_ASSIGN(const auto rest, pki::parseCertificates(secret.certChain, "cert-chain.pem" + where));
    for (const auto& certificate : rest) addTo(chain, certificate);
  }
  return chain;
}

base::Result<Certificates> anchorsOf(const CaSecret& secret, const Certificates& candidates, base::Time at) {
  TRY_ASSIGN(const auto chain, chainOf(secret));
  const Certificates rest(chain.begin() + 1, chain.end());
  Certificates anchors;
  for (const auto& candidate : candidates) {
    if (!pki::whyNotTrusted(chain.front(), rest, {candidate}, at, pki::Purpose::any))
      anchors.push_back(candidate);
  }
  return anchors;
}

std::optional<std::string> whyUnfit(const CaSecret& secret, base::Time at) {
  const auto roots = rootsOf(secret);
  if (!roots) return base::describe(roots.error());
  const auto chain = chainOf(secret);
  if (!chain) return base::describe(chain.error());
  const auto anchors = anchorsOf(secret, *roots, at);
  if (!anchors || anchors->empty()) return "ca-cert.pem does not verify with root-cert.pem";
  if (secret.keyFingerprint != chain->front().keyFingerprint()) {
    return secret.keyFingerprint.empty() ? "it holds no readable key"
                                         : "ca-key.pem does not belong to ca-cert.pem";
  }
  const auto sent = pki::parseCertificates(secret.certChain, "cert-chain.pem in " + nameOf(secret));
  if (!sent) return base::describe(sent.error());
  if (!contains(*sent, chain->front())) return "cert-chain.pem does not hold ca-cert.pem";
  return std::nullopt;
}

std::optional<std::string> whoseSecretIsGone(const Observation& observation) {
  if (!observation.cacerts || *observation.cacerts || !observation.selfSigned) return std::nullopt;
  std::optional<pki::Certificate> own;
  if (*observation.selfSigned) {
    const auto chain = chainOf(**observation.selfSigned);
    if (chain) own = chain->front();
  }
  for (const auto& istiod : observation.istiods) {
    if (istiod.terminating) continue;
    const bool foreign =
        istiod.serving && !istiod.serving->empty() && own && !istiod.serving->front().signedBy(*own);
    const bool handsOutMore = istiod.issued && own && istiod.issued->bundle.find(own->pem()) != 0;
    if (pluggedIn(istiod) || foreign || handsOutMore) return subjectOf(istiod);
  }
  return std::nullopt;
}

}  // namespace trust
