#include "trust/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "pki/verify.h"

namespace trust {

namespace {

std::string keyOf(const Certificates& certificates) {
  std::string key;
  for (const auto& certificate : certificates) key += certificate.fingerprint();
  return key;
}

/// A set's key does not depend on its order.
std::string keyOfSet(const Certificates& certificates) {
  std::vector<std::string> prints;
  for (const auto& certificate : certificates) prints.push_back(certificate.fingerprint());
  std::sort(prints.begin(), prints.end());
  return base::join(prints, "");
}

std::string nameOf(const Proxy& proxy) {
  return proxy.ns + "/" + proxy.pod;
}
std::string nameOf(const Istiod& istiod) {
  return "istiod " + istiod.ns + "/" + istiod.pod;
}
std::string nameOf(const Distribution& distribution) {
  switch (distribution.kind) {
    case Distribution::Kind::configMap:
      return "config map " + distribution.name + "/istio-ca-root-cert";
    case Distribution::Kind::mutatingWebhook:
      return "mutating webhook " + distribution.name;
    case Distribution::Kind::validatingWebhook:
      return "validating webhook " + distribution.name;
  }
  return distribution.name;
}

Blocker no(std::string subject, std::string what) {
  return {Blocker::Kind::no, std::move(subject), std::move(what)};
}
Blocker unproven(std::string subject, const Unreadable& why) {
  return {Blocker::Kind::unproven, std::move(subject), "cannot be read: " + why.reason, why.forbidden};
}

Certificates missingFrom(const Certificates& set, const Certificates& wanted) {
  Certificates missing;
  for (const auto& root : wanted) {
    if (!contains(set, root)) missing.push_back(root);
  }
  return missing;
}

Certificates presentIn(const Certificates& set, const Certificates& unwanted) {
  Certificates present;
  for (const auto& root : unwanted) {
    if (contains(set, root)) present.push_back(root);
  }
  return present;
}

std::string holdsOnly(std::string_view verb, const Certificates& set) {
  return set.empty() ? fmt::format("{} nothing", verb) : fmt::format("{} only {}", verb, shortNames(set));
}

/// The proxy's leaf names a workload of this trust domain, as Envoy's SAN match will ask.
std::optional<std::string> whyNotOfDomain(const pki::Certificate& leaf, const std::string& domain) {
  const std::string prefix = "spiffe://" + domain + "/";
  for (const auto& uri : leaf.uris()) {
    if (uri.starts_with(prefix)) return std::nullopt;
  }
  return fmt::format("its SPIFFE ID is not of trust domain {}", domain);
}

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

std::string shortName(const pki::Certificate& certificate) {
  const auto subject = certificate.subject();
  std::string name;
  for (const std::string_view attribute : {"CN = ", "O = "}) {
    const auto at = subject.find(attribute);
    if (at == std::string::npos) continue;
    name = subject.substr(at, subject.find(", ", at) - at);
    break;
  }
  if (name.empty()) name = subject.empty() ? "(no subject)" : subject;
  return fmt::format("{} ({})", name, certificate.fingerprint().substr(0, 8));
}

std::string shortNames(const Certificates& certificates) {
  std::vector<std::string> names;
  for (const auto& certificate : certificates) names.push_back(shortName(certificate));
  return names.empty() ? "nothing" : base::join(names, " and ");
}

bool contains(const Certificates& set, const pki::Certificate& certificate) {
  return std::find(set.begin(), set.end(), certificate) != set.end();
}

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

std::optional<std::string> Judge::whyNotTrusted(const Certificates& chain, const Certificates& roots) {
  if (chain.empty()) return "it presents no certificate";
  const auto key = keyOf(chain) + "/" + keyOfSet(roots);
  if (const auto known = verified_.find(key); known != verified_.end()) return known->second;
  const Certificates untrusted(chain.begin() + 1, chain.end());
  auto why =
      pki::whyNotTrusted(chain.front(), untrusted, roots, mesh_.takenAt, pki::Purpose::tlsServerAndClient);
  if (!why) why = whyNotOfDomain(chain.front(), mesh_.installation.trustDomain);
  verified_.emplace(key, why);
  return why;
}

Certificates Judge::anchors(const Certificates& chain, const Certificates& candidates) {
  Certificates found;
  for (const auto& candidate : candidates) {
    if (!whyNotTrusted(chain, {candidate})) found.push_back(candidate);
  }
  return found;
}

template <class Test>
Answer Judge::ofProxies(std::string predicate, Test test) {
  Answer answer{std::move(predicate), 0, 0, {}};
  for (const auto& proxy : mesh_.proxies) {
    if (!proxy.running) continue;
    ++answer.of;
    if (auto blocker = test(proxy)) {
      answer.blockers.push_back(std::move(*blocker));
    } else {
      ++answer.holds;
    }
  }
  for (const auto& [what, why] : mesh_.unlisted) answer.blockers.push_back(unproven(what, why));
  return answer;
}

template <class Test>
Answer Judge::ofIstiods(std::string predicate, Test test) {
  Answer answer{std::move(predicate), 0, mesh_.istiods.size(), {}};
  for (const auto& istiod : mesh_.istiods) {
    if (auto blocker = test(istiod)) {
      answer.blockers.push_back(std::move(*blocker));
    } else {
      ++answer.holds;
    }
  }
  if (mesh_.istiods.empty()) {
    answer.blockers.push_back(
        no("istiod", fmt::format("no pod of it in namespace {}", mesh_.installation.ns)));
  }
  return answer;
}

template <class Test>
Answer Judge::ofDistribution(std::string predicate, Test test) {
  Answer answer{std::move(predicate), 0, mesh_.distribution.size(), {}};
  for (const auto& distribution : mesh_.distribution) {
    std::optional<Blocker> blocker;
    if (!distribution.roots) {
      blocker = unproven(nameOf(distribution), distribution.roots.error());
    } else if (auto what = test(*distribution.roots)) {
      blocker = no(nameOf(distribution), std::move(*what));
    }
    if (blocker) {
      answer.blockers.push_back(std::move(*blocker));
    } else {
      ++answer.holds;
    }
  }
  return answer;
}

namespace {

/// What a proxy holds, or why that is not known; a warming secret may change what is held at any moment.
std::optional<Blocker> unreadable(const Proxy& proxy) {
  if (!proxy.secrets) return unproven(nameOf(proxy), proxy.secrets.error());
  if (proxy.secrets->warming) return unproven(nameOf(proxy), {"a secret is still warming"});
  return std::nullopt;
}

}  // namespace

Answer Judge::everyProxyTrusts(const Certificates& roots) {
  return ofProxies(
      "every proxy trusts " + shortNames(roots), [&](const Proxy& proxy) -> std::optional<Blocker> {
        if (auto blocker = unreadable(proxy)) return blocker;
        if (missingFrom(proxy.secrets->roots, roots).empty()) return std::nullopt;
        auto what = holdsOnly("trusts", proxy.secrets->roots);
        if (!proxy.xdsAgent)
          what += "; it runs without PROXY_CONFIG_XDS_AGENT and must be restarted to learn a root";
        return no(nameOf(proxy), what);
      });
}

Answer Judge::noProxyTrusts(const Certificates& roots) {
  return ofProxies("no proxy trusts " + shortNames(roots), [&](const Proxy& proxy) -> std::optional<Blocker> {
    if (auto blocker = unreadable(proxy)) return blocker;
    const auto present = presentIn(proxy.secrets->roots, roots);
    if (present.empty()) return std::nullopt;
    return no(nameOf(proxy), "still trusts " + shortNames(present));
  });
}

Answer Judge::everyLeafVerifiesWith(const pki::Certificate& root) {
  return ofProxies("every proxy's certificate verifies with " + shortName(root) + " alone",
                   [&](const Proxy& proxy) -> std::optional<Blocker> {
                     if (auto blocker = unreadable(proxy)) return blocker;
                     const auto why = whyNotTrusted(proxy.secrets->chain, {root});
                     if (!why) return std::nullopt;
                     return no(nameOf(proxy), fmt::format("presents a certificate issued by {}: {}",
                                                          proxy.secrets->leaf().issuer(), *why));
                   });
}

Answer Judge::everyProxyHasXdsAgent() {
  return ofProxies(
      "every proxy runs with PROXY_CONFIG_XDS_AGENT", [&](const Proxy& proxy) -> std::optional<Blocker> {
        if (proxy.xdsAgent) return std::nullopt;
        if (!proxy.xdsAgentWanted) {
          return no(nameOf(proxy),
                    "its own proxy.istio.io/config annotation turns PROXY_CONFIG_XDS_AGENT off");
        }
        if (proxy.terminating) return no(nameOf(proxy), "runs without the setting and is terminating");
        return no(nameOf(proxy), "runs without the setting: it started before it and must be restarted");
      });
}

Answer Judge::everyPairWorks() {
  std::map<std::string, const Proxy*> rootSets;  // one proxy for each distinct set
  for (const auto& proxy : mesh_.proxies) {
    if (proxy.running && proxy.secrets) rootSets.emplace(keyOfSet(proxy.secrets->roots), &proxy);
  }
  return ofProxies("every proxy's certificate is accepted by every other",
                   [&](const Proxy& proxy) -> std::optional<Blocker> {
                     if (auto blocker = unreadable(proxy)) return blocker;
                     for (const auto& [key, verifier] : rootSets) {
                       const auto why = whyNotTrusted(proxy.secrets->chain, verifier->secrets->roots);
                       if (why) {
                         return no(nameOf(proxy),
                                   fmt::format("is refused by {}, which trusts {}: {}", nameOf(*verifier),
                                               shortNames(verifier->secrets->roots), *why));
                       }
                     }
                     return std::nullopt;
                   });
}

Answer Judge::everyMountHolds(const Certificates& roots, bool boundReached) {
  auto answer =
      ofProxies("every proxy's mounted istio-ca-root-cert holds " + shortNames(roots),
                [&](const Proxy& proxy) -> std::optional<Blocker> {
                  if (!proxy.mounted) {
                    if (boundReached) return std::nullopt;
                    return unproven(nameOf(proxy), proxy.mounted.error());
                  }
                  if (missingFrom(*proxy.mounted, roots).empty()) return std::nullopt;
                  return no(nameOf(proxy), "has mounted " + holdsOnly("", *proxy.mounted).substr(1));
                });
  if (boundReached)
    answer.predicate += " (where it cannot be read: the kubelet's upper bound has passed, not a proof)";
  return answer;
}

Answer Judge::everyIstiodHasMultiRoot() {
  return ofIstiods(
      "every istiod runs with ISTIO_MULTIROOT_MESH", [](const Istiod& istiod) -> std::optional<Blocker> {
        if (istiod.multiRoot) return std::nullopt;
        return no(nameOf(istiod), istiod.terminating ? "runs without the setting and is terminating"
                                                     : "runs without the setting");
      });
}

Answer Judge::everyIstiodSignsWith(const pki::Certificate& signer) {
  return ofIstiods(
      "every istiod signs with " + shortName(signer), [&](const Istiod& istiod) -> std::optional<Blocker> {
        if (!istiod.serving) return unproven(nameOf(istiod), istiod.serving.error());
        if (!istiod.serving->empty() && istiod.serving->front().signedBy(signer)) return std::nullopt;
        return no(nameOf(istiod), istiod.serving->empty()
                                      ? "serves no certificate"
                                      : "still signs with another CA: " + istiod.serving->front().issuer());
      });
}

Answer Judge::everySignerVerifiesWith(const pki::Certificate& root) {
  return ofIstiods("every istiod's signer verifies with " + shortName(root),
                   [&](const Istiod& istiod) -> std::optional<Blocker> {
                     if (!istiod.serving) return unproven(nameOf(istiod), istiod.serving.error());
                     if (istiod.serving->empty()) return no(nameOf(istiod), "serves no certificate");
                     const Certificates rest(istiod.serving->begin() + 1, istiod.serving->end());
                     const auto why = pki::whyNotTrusted(istiod.serving->front(), rest, {root}, mesh_.takenAt,
                                                         pki::Purpose::tlsServer);
                     if (!why) return std::nullopt;
                     return no(nameOf(istiod), fmt::format("serves a certificate issued by {}: {}",
                                                           istiod.serving->front().issuer(), *why));
                   });
}

Answer Judge::everyIstiodStartedAfter(const CaSecret& secret) {
  return ofIstiods("every istiod started after the last write of secret " + secret.name,
                   [&](const Istiod& istiod) -> std::optional<Blocker> {
                     if (startedAfter(istiod, secret)) return std::nullopt;
                     return no(nameOf(istiod), istiod.terminating ? "started before it and is terminating"
                                                                  : "started before it");
                   });
}

Answer Judge::everyIstiodLoaded(const CaSecret& secret) {
  return ofIstiods("every istiod has loaded secret " + secret.name + " as it is now",
                   [&](const Istiod& istiod) -> std::optional<Blocker> {
                     if (startedAfter(istiod, secret)) return std::nullopt;
                     if (!istiod.serving) return unproven(nameOf(istiod), istiod.serving.error());
                     const auto before = servedBefore(secret, istiod);
                     if (!istiod.serving->empty() && before && istiod.serving->front().serial() != *before) {
                       return std::nullopt;
                     }
                     if (!before)
                       return unproven(nameOf(istiod), {"what it served before the write is not known"});
                     return no(nameOf(istiod), "has not reloaded yet");
                   });
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

Answer Judge::everyDistributionHolds(const Certificates& roots) {
  return ofDistribution("every istio-ca-root-cert and webhook holds " + shortNames(roots),
                        [&](const Certificates& held) -> std::optional<std::string> {
                          if (missingFrom(held, roots).empty()) return std::nullopt;
                          return holdsOnly("holds", held);
                        });
}

Answer Judge::noDistributionHolds(const Certificates& roots) {
  return ofDistribution("no istio-ca-root-cert or webhook holds " + shortNames(roots),
                        [&](const Certificates& held) -> std::optional<std::string> {
                          const auto present = presentIn(held, roots);
                          if (present.empty()) return std::nullopt;
                          return "still holds " + shortNames(present);
                        });
}

}  // namespace trust
