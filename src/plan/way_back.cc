#include <algorithm>

#include "base/text.h"
#include "plan/target.h"
#include "plan/unread.h"
#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace plan {

namespace {

using trust::Certificates;

constexpr std::string_view placeToGoBackTo = "what there is to go back to";

/// The certificates that carry these fingerprints, as far as somebody still trusts them.
Certificates stillTrusted(const trust::Observation& observation, const std::vector<std::string>& prints) {
  Certificates found;
  const auto look = [&](const trust::Reading<Certificates>& roots) {
    if (!roots) return;
    for (const auto& root : *roots) {
      const bool meant = std::find(prints.begin(), prints.end(), root.fingerprint()) != prints.end();
      if (meant && !trust::contains(found, root)) found.push_back(root);
    }
  };
  for (const auto& proxy : observation.proxies) {
    if (proxy.secrets) look(proxy.secrets->roots);
    look(proxy.mounted);
  }
  for (const auto& distribution : observation.distribution) look(distribution.roots);
  return found;
}

base::Result<Target> backTo(const trust::Observation& observation, const trust::CaSecret& secret,
                            const trust::CaSecret& backup) {
  TRY_ASSIGN(const auto before, trust::rootsOf(backup));
  TRY_ASSIGN(const auto chain, trust::chainOf(backup));
  TRY_ASSIGN(const auto anchors, trust::anchorsOf(backup, before, observation.takenAt));
  if (anchors.empty()) {
    return base::fail(
        {base::Kind::failed, "the CA in secret " + backup.ns + "/" + backup.name + " cannot be used",
         "its certificate does not verify with its own roots now", "see: kubectl istio-ca doctor"});
  }
  TRY_ASSIGN(const auto bundle, trust::rootsOf(secret));
  Target target;
  for (const auto& root : bundle) {
    if (!trust::contains(before, root)) target.oldRoots.push_back(root);
  }
  if (target.oldRoots.empty()) {
    const auto removed = secret.annotations.find(std::string(removedAnnotation));
    if (removed != secret.annotations.end())
      target.oldRoots = stillTrusted(observation, base::split(removed->second, ','));
  }
  target.newRoot = anchors.front();
  target.newCa =
      NewCa{chain.front(), backup.caCert, backup.certChain.empty() ? backup.caCert : backup.certChain};
  return target;
}

}  // namespace

const trust::CaSecret* backupToUse(const trust::Observation& observation, const std::string& name) {
  if (!observation.backups) return nullptr;
  const trust::CaSecret* last = nullptr;
  for (const auto& backup : *observation.backups) {
    if (!name.empty() && backup.name != name) continue;
    if (!last || backup.lastWritten > last->lastWritten) last = &backup;
  }
  return last;
}

base::Result<std::optional<Target>> findWayBack(const trust::Observation& observation,
                                                const std::string& backup) {
  if (!observation.cacerts)
    return base::fail(unread(placeToGoBackTo, "secret cacerts", observation.cacerts.error()));
  if (!observation.backups)
    return base::fail(unread(placeToGoBackTo, "the backups of old CAs", observation.backups.error()));
  const auto* source = backupToUse(observation, backup);
  if (!source && !backup.empty()) {
    return base::fail({base::Kind::usage, "there is no backup " + backup, "",
                       "see them with: kubectl get secrets -A -l istio-ca/backup=true"});
  }
  if (!*observation.cacerts) {
    if (const auto whose = trust::whoseSecretIsGone(observation)) {
      return base::fail({base::Kind::gate, "secret cacerts is gone", *whose + " still runs with what it held",
                         "put it back as it was before any istiod starts; then roll back"});
    }
    return std::nullopt;
  }
  if (!source) {
    return base::fail({base::Kind::usage, "there is no backup of an old CA to go back to",
                       "no secret of the cluster is labelled istio-ca/backup=true",
                       "a rotation that this program began makes one before its first write"});
  }
  const auto& secret = **observation.cacerts;
  if (auto why = trust::whyUnfit(secret, observation.takenAt)) {
    return base::fail({base::Kind::gate, "secret " + secret.ns + "/cacerts is inconsistent", *why,
                       "put it right before anything else"});
  }
  TRY_ASSIGN(auto target, backTo(observation, secret, *source));
  return target;
}

}  // namespace plan
