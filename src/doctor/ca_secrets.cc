#include <algorithm>

#include "doctor/facts.h"
#include "doctor/hazards.h"
#include "pki/ca_check.h"
#include "trust/ca_secret.h"

namespace doctor {

namespace {

using trust::CaSecret;

/// The checks of a CA over its public parts: an observation has no key, so what they say of it is left out.
std::vector<pki::CaFinding> check(const Facts& facts, const CaSecret& secret,
                                  pki::CaFinding::Severity severity) {
  pki::CaFiles files{secret.caCert, secret.certChain, secret.rootCert, {}};
  auto findings =
      pki::checkCa(std::move(files), facts.mesh.takenAt, facts.mesh.installation.trustDomain).findings;
  std::erase_if(findings, [&](const pki::CaFinding& finding) {
    return finding.severity != severity || finding.message.find("ca-key.pem") != std::string::npos;
  });
  return findings;
}

Sightings checked(const Facts& facts, pki::CaFinding::Severity severity) {
  const auto* secret = facts.current();
  Sightings seen;
  if (!secret) return seen;
  for (auto& finding : check(facts, *secret, severity))
    seen.push_back({nameOf(*secret), std::move(finding.message)});
  return seen;
}

Sightings unfit(const Facts& facts) {
  if (!facts.cacerts()) return {};
  const auto why = trust::whyUnfit(*facts.cacerts(), facts.mesh.takenAt);
  if (why) return {{nameOf(*facts.cacerts()), *why}};
  return checked(facts, pki::CaFinding::Severity::error);
}

Sightings doubtful(const Facts& facts) {
  return checked(facts, pki::CaFinding::Severity::warning);
}

Sightings gone(const Facts& facts) {
  const auto whose = trust::whoseSecretIsGone(facts.mesh);
  if (!whose) return {};
  return {{*whose, "runs with a CA that no secret cacerts holds any more"}};
}

Sightings none(const Facts& facts) {
  const bool read = facts.mesh.cacerts && facts.mesh.selfSigned;
  if (!read || facts.current()) return {};
  return {{"namespace " + facts.mesh.installation.ns, "has neither secret cacerts nor istio-ca-secret"}};
}

Sightings appliedCopies(const Facts& facts) {
  Sightings seen;
  for (const auto* secret : facts.secrets()) {
    if (secret->appliedCopy)
      seen.push_back({nameOf(*secret), "has a copy of its key in last-applied-configuration"});
  }
  return seen;
}

Sightings notLoaded(const Facts& facts) {
  if (!facts.cacerts() || facts.mesh.istiods.empty()) return {};
  Sightings seen;
  for (const auto& blocker : facts.judge().everyIstiodLoaded(*facts.cacerts()).blockers) {
    if (blocker.kind == trust::Blocker::Kind::no) seen.push_back({blocker.subject, blocker.what});
  }
  return seen;
}

/// The self-signed CA that is stored is not the one that the mesh runs on.
Sightings stale(const Facts& facts) {
  if (!facts.mesh.cacerts || facts.cacerts() || !facts.selfSigned()) return {};
  const auto stored = trust::rootsOf(*facts.selfSigned());
  if (!stored || stored->empty()) return {};
  Sightings seen;
  for (const auto& entry : facts.mesh.distribution) {
    if (!entry.roots || entry.roots->empty() || entry.kind != trust::Distribution::Kind::configMap) continue;
    if (!trust::contains(*entry.roots, stored->front())) {
      seen.push_back({"namespace " + entry.name, "is given " + trust::shortNames(*entry.roots) + " and not " +
                                                     trust::shortName(stored->front()) +
                                                     " of istio-ca-secret"});
    }
  }
  return seen;
}

Sightings noWayBack(const Facts& facts) {
  if (!facts.cacerts() || !facts.mesh.selfSigned || !facts.mesh.backups) return {};
  if (facts.selfSigned() || !facts.mesh.backups->empty()) return {};
  const auto roots = trust::rootsOf(*facts.cacerts());
  if (!roots || roots->size() < 2) return {};
  return {
      {nameOf(*facts.cacerts()), "holds " + trust::shortNames(*roots) + ", and no other secret holds a CA"}};
}

Sightings leftBehind(const Facts& facts) {
  if (!facts.cacerts()) return {};
  const auto used = trust::rootsOf(*facts.cacerts());
  Sightings seen;
  if (!used) return seen;
  for (const auto* secret : facts.secrets()) {
    const auto roots = trust::rootsOf(*secret);
    if (!roots || secret->keyFingerprint.empty()) continue;
    const bool foreign = std::none_of(roots->begin(), roots->end(),
                                      [&](const auto& root) { return trust::contains(*used, root); });
    if (foreign) seen.push_back({nameOf(*secret), "holds the key of " + trust::shortNames(*roots)});
  }
  return seen;
}

}  // namespace

std::vector<Hazard> secretHazards() {
  using enum Severity;
  return {
      {"ICA0301", "cacerts is not fit to sign", error,
       "istiod refuses to start with it or, worse, loads it and signs what no proxy accepts: it does not "
       "check that "
       "the chain holds the certificate that signs.",
       "Put the CA right in one write (kubectl replace), never by delete and create. check-ca tells about a "
       "folder.",
       unfit},
      {"ICA0302", "cacerts is gone", error,
       "The volume is optional: the next istiod that starts signs with the old self-signed CA, or makes a "
       "new one, "
       "and says nothing.",
       "Write cacerts again as it was, from its backup (secrets istio-ca-rotation-backup-*) or from the CA's "
       "folder, "
       "before any istiod restarts.",
       gone},
      {"ICA0303", "no CA secret", error,
       "Nothing in the cluster says what istiod signs with, so it could not be kept.",
       "Find out where istiod has its CA from.", none},
      {"ICA0304", "the stored CA is not the one in use", error,
       "istiod keeps its self-signed CA in memory and looks at the secret once an hour. Adding the stored "
       "one as the "
       "old CA would leave out the one that everybody has.",
       "Restart istiod only when it is clear which of the two the proxies trust; restore that one in "
       "istio-ca-secret.",
       stale},
      {"ICA0305", "the CA has weaknesses", warning,
       "istiod loads it; some of its certificates will be refused, or soon.", "Rotate to a CA without them.",
       doubtful},
      {"ICA0306", "an istiod has not loaded cacerts", warning,
       "A self-signed istiod never watches the secret (istio#57853): it goes on with its old CA until it is "
       "restarted. One that does watch it needs up to two minutes.",
       "Wait two minutes; then restart istiod, or run rotate, which does.", notLoaded},
      {"ICA0307", "a copy of the CA's key in an annotation", warning,
       "kubectl apply keeps the whole object in last-applied-configuration: the key is shown wherever "
       "annotations are.",
       "rotate takes it away with its first write of cacerts. Use kubectl create or replace for secrets.",
       appliedCopies},
      {"ICA0308", "no way back", warning,
       "Two roots are trusted, and the cluster holds the key of one CA only. A rollback could not sign with "
       "the other.",
       "Keep the other CA's folder. rotate backs the old CA up before its first write.", noWayBack},
      {"ICA0309", "the key of a CA that is no longer trusted", info,
       "It signs nothing that anybody accepts, but it is still a key.", "finish removes it when asked to.",
       leftBehind},
  };
}

}  // namespace doctor
