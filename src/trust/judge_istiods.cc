#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "pki/verify.h"
#include "trust/ca_secret.h"
#include "trust/judge.h"

namespace trust {

namespace {

std::optional<std::string> servedBefore(const CaSecret& secret, const Istiod& istiod) {
  const auto annotation = secret.annotations.find(std::string(servedBeforeAnnotation));
  if (annotation == secret.annotations.end()) return std::nullopt;
  for (const auto& entry : base::split(annotation->second, ',')) {
    const auto equals = entry.find('=');
    if (equals != std::string::npos && entry.substr(0, equals) == istiod.uid) return entry.substr(equals + 1);
  }
  return std::nullopt;
}

bool startedAfter(const Istiod& istiod, const CaSecret& secret) {
  if (istiod.startedFor == startMark(secret)) return true;
  // Both times are the API server's. They are whole seconds: equal proves nothing.
  return secret.lastWritten && istiod.created > *secret.lastWritten;
}

}  // namespace

std::string startMark(const CaSecret& secret) {
  // The content alone would not do: it may come back after a rollback, and a replica not have reloaded yet.
  return secret.content.substr(0, 16) + "-" + secret.resourceVersion;
}

std::string servedNow(const Observation& observation) {
  std::vector<std::string> entries;
  for (const auto& istiod : observation.istiods) {
    if (istiod.serving && !istiod.serving->empty()) {
      entries.push_back(istiod.uid + "=" + istiod.serving->front().serial());
    }
  }
  std::sort(entries.begin(), entries.end());
  return base::join(entries, ",");
}

Answer Judge::everyIstiodHasMultiRoot() {
  return ofIstiods(
      "every istiod runs with ISTIO_MULTIROOT_MESH", [](const Istiod& istiod) -> std::optional<Blocker> {
        if (istiod.multiRoot) return std::nullopt;
        return no(subjectOf(istiod), istiod.terminating ? "runs without the setting and is terminating"
                                                        : "runs without the setting");
      });
}

Answer Judge::everyIstiodSignsWith(const pki::Certificate& signer) {
  return ofIstiods(
      "every istiod signs with " + shortName(signer), [&](const Istiod& istiod) -> std::optional<Blocker> {
        if (!istiod.serving) return unproven(subjectOf(istiod), istiod.serving.error(), waiversFor(istiod));
        if (istiod.serving->empty()) return no(subjectOf(istiod), "serves no certificate");
        const auto& shown = istiod.issued ? istiod.issued->chain.front() : istiod.serving->front();
        if (istiod.serving->front().signedBy(signer) && shown.signedBy(signer)) return std::nullopt;
        return no(subjectOf(istiod), "still signs with another CA: " + shown.issuer());
      });
}

Answer Judge::everyIstiodIsPluggedIn() {
  return ofIstiods("every istiod runs with secret cacerts",
                   [](const Istiod& istiod) -> std::optional<Blocker> {
                     if (!istiod.startedFor.empty()) return std::nullopt;
                     if (!istiod.serving)
                       return unproven(subjectOf(istiod), istiod.serving.error(), waiversFor(istiod));
                     if (istiod.serving->size() > 1) return std::nullopt;
                     return no(subjectOf(istiod), "still signs with the CA that it made for itself");
                   });
}

Answer Judge::everyIstiodStartedAfter(const CaSecret& secret) {
  return ofIstiods("every istiod started after the last write of secret " + secret.name,
                   [&](const Istiod& istiod) -> std::optional<Blocker> {
                     if (startedAfter(istiod, secret)) return std::nullopt;
                     return no(subjectOf(istiod), istiod.terminating ? "started before it and is terminating"
                                                                     : "started before it");
                   });
}

std::optional<Blocker> Judge::whyNotLoaded(const Istiod& istiod, const CaSecret& secret) const {
  if (istiod.issued) {
    const auto chain = chainOf(secret);
    const bool signer = chain && istiod.issued->chain.front().signedBy(chain->front());
    if (signer && istiod.issued->bundle == secret.rootCert) return std::nullopt;
    return no(subjectOf(istiod),
              signer ? "still hands out another root bundle" : "still signs with another CA");
  }
  if (startedAfter(istiod, secret)) return std::nullopt;
  if (!istiod.serving) return unproven(subjectOf(istiod), istiod.serving.error(), waiversFor(istiod));
  const auto before = servedBefore(secret, istiod);
  if (!before) {
    return unproven(subjectOf(istiod), {"what it served before the write is not known"}, waiversFor(istiod));
  }
  if (!istiod.serving->empty() && istiod.serving->front().serial() != *before) return std::nullopt;
  return no(subjectOf(istiod), "has not reloaded yet");
}

Answer Judge::everyIstiodLoaded(const CaSecret& secret) {
  return ofIstiods("every istiod has loaded secret " + secret.name + " as it is now",
                   [&](const Istiod& istiod) { return whyNotLoaded(istiod, secret); });
}

Answer Judge::everyIstiodRolledOut() {
  Answer answer{"every istiod Deployment has rolled out", 0, mesh_.istiodDeployments.size(), {}};
  for (const auto& deployment : mesh_.istiodDeployments) {
    const bool observed = deployment.observedGeneration >= deployment.generation;
    if (observed && deployment.updated == deployment.replicas &&
        deployment.available == deployment.replicas && deployment.total == deployment.replicas) {
      ++answer.holds;
      continue;
    }
    answer.blockers.push_back(
        no("deployment " + deployment.ns + "/" + deployment.name,
           fmt::format("{} of {} replicas updated, {} available, {} in all", deployment.updated,
                       deployment.replicas, deployment.available, deployment.total)));
  }
  return answer;
}

}  // namespace trust
