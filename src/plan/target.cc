#include "plan/target.h"

#include <algorithm>

#include "base/text.h"
#include "pki/pem.h"
#include "pki/verify.h"
#include "plan/unread.h"
#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace plan {

namespace {

using trust::anchorsOf;
using trust::CaSecret;
using trust::Certificates;
using trust::rootsOf;

void addTo(Certificates& set, const pki::Certificate& certificate) {
  if (!trust::contains(set, certificate)) set.push_back(certificate);
}

Certificates without(const Certificates& set, const Certificates& unwanted) {
  Certificates rest;
  for (const auto& certificate : set) {
    if (!trust::contains(unwanted, certificate)) rest.push_back(certificate);
  }
  return rest;
}

constexpr std::string_view place = "where the mesh stands";

/// Roots that are known to be old: of istio-ca-secret and of our backups.
base::Result<Certificates> knownOld(const trust::Observation& observation) {
  Certificates old;
  if (!observation.selfSigned)
    return base::fail(unread(place, "secret istio-ca-secret", observation.selfSigned.error()));
  if (!observation.backups)
    return base::fail(unread(place, "the backups of old CAs", observation.backups.error()));
  if (*observation.selfSigned) {
    TRY_ASSIGN(const auto roots, rootsOf(**observation.selfSigned));
    for (const auto& root : roots) addTo(old, root);
  }
  for (const auto& backup : *observation.backups) {
    TRY_ASSIGN(const auto roots, rootsOf(backup));
    TRY_ASSIGN(const auto anchors, anchorsOf(backup, roots, observation.takenAt));
    for (const auto& root : anchors) addTo(old, root);
  }
  return old;
}

base::Error inconsistent(const CaSecret& secret, std::string why) {
  return {
      base::Kind::gate, "secret " + secret.ns + "/" + secret.name + " is inconsistent", std::move(why),
      "an istiod that starts now would fail or sign what nobody accepts: put it right before anything else"};
}

/// Where there is no `cacerts`.
base::Status selfSignedIsWhole(const trust::Observation& observation) {
  const auto& ns = observation.installation.ns;
  if (const auto whose = trust::whoseSecretIsGone(observation)) {
    return base::fail(
        {base::Kind::gate, "secret " + ns + "/cacerts is gone",
         *whose + " still runs with what it held; an istiod that starts now returns to the old CA",
         "put it back as it was (the old CA is in the secrets labelled istio-ca/backup=true) before "
         "any istiod starts"});
  }
  if (*observation.selfSigned) return {};
  return base::fail({base::Kind::unsupported, "namespace " + ns + " holds no CA",
                     "there is neither a secret cacerts nor istio-ca-secret",
                     "name istiod's namespace with --istio-namespace, or check that istiod runs there"});
}

bool someLeafAnchoredOnlyBy(const trust::Observation& observation, const pki::Certificate& root) {
  trust::Judge judge(observation);
  return std::any_of(observation.proxies.begin(), observation.proxies.end(), [&](const trust::Proxy& proxy) {
    return proxy.running && proxy.secrets && !judge.whyNotTrusted(proxy.secrets->chain, {root});
  });
}

base::Error ambiguous(const Certificates& candidates) {
  return {base::Kind::usage, "cannot tell which root is the new one",
          "secret cacerts holds " + trust::shortNames(candidates) + " beside the signer's",
          "name it with --root FILE or --ca DIR"};
}

/// Plugged in, the new root not named.
base::Result<Target> infer(const trust::Observation& observation, const Certificates& bundle,
                           const Certificates& signers, const Certificates& old) {
  const bool signerIsOld = std::any_of(signers.begin(), signers.end(),
                                       [&](const auto& root) { return trust::contains(old, root); });
  const auto others = without(bundle, signers);
  if (signerIsOld) {
    const auto fresh = without(others, old);
    if (fresh.size() > 1) return base::fail(ambiguous(fresh));
    return Target{signers, fresh.empty() ? std::nullopt : std::optional(fresh.front()), {}};
  }
  if (!old.empty()) return Target{old, signers.front(), {}};
  if (others.empty()) return Target{signers, {}, {}};
  if (others.size() > 1) return base::fail(ambiguous(others));
  // Two roots and no other evidence: by the leaves, else by age.
  const auto& other = others.front();
  const bool otherIsOld =
      someLeafAnchoredOnlyBy(observation, other) || other.notBefore() < signers.front().notBefore();
  if (otherIsOld) return Target{{other}, signers.front(), {}};
  return Target{signers, other, {}};
}

/// Plugged in, the new root named.
base::Result<Target> withNamed(const pki::Certificate& named, const Certificates& bundle,
                               const Certificates& signers, const Certificates& old) {
  if (!trust::contains(signers, named)) return Target{signers, named, {}};
  const auto known = without(old, {named});
  const auto others = without(bundle, {named});
  Certificates oldHere;
  for (const auto& root : others) {
    if (trust::contains(known, root)) oldHere.push_back(root);
  }
  if (!oldHere.empty()) return Target{oldHere, named, {}};
  if (others.size() > 1) {
    return base::fail({base::Kind::usage, "cannot tell which root is the old one",
                       "secret cacerts holds " + trust::shortNames(others) + " beside the new one",
                       "remove by hand what was not there before the rotation, then run again"});
  }
  return Target{others.empty() ? known : others, named, {}};
}

}  // namespace

base::Result<Target> findTarget(const trust::Observation& observation,
                                const std::optional<pki::Certificate>& newRoot) {
  if (!observation.cacerts) return base::fail(unread(place, "secret cacerts", observation.cacerts.error()));
  TRY_ASSIGN(const auto old, knownOld(observation));
  if (!*observation.cacerts) {
    TRY(selfSignedIsWhole(observation));
    TRY_ASSIGN(const auto roots, rootsOf(**observation.selfSigned));
    if (newRoot && trust::contains(roots, *newRoot)) {
      return base::fail({base::Kind::usage, "the new root is the mesh's present one",
                         trust::shortName(*newRoot), "make a new CA with create-ca"});
    }
    return Target{roots, newRoot, {}};
  }
  const auto& secret = **observation.cacerts;
  if (auto why = trust::whyUnfit(secret, observation.takenAt)) return base::fail(inconsistent(secret, *why));
  TRY_ASSIGN(const auto bundle, rootsOf(secret));
  TRY_ASSIGN(const auto signers, anchorsOf(secret, bundle, observation.takenAt));
  if (newRoot) return withNamed(*newRoot, bundle, signers, old);
  return infer(observation, bundle, signers, old);
}

}  // namespace plan
