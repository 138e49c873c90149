#include "trust/judge.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/parallel.h"
#include "base/text.h"
#include "pki/verify.h"

namespace trust {

namespace {

// Proxies whose certificates may have to be verified, some tenths of a millisecond each.
constexpr std::size_t worthAThread = 100;

std::string keyOf(const Certificates& certificates) {
  std::string key;
  for (const auto& certificate : certificates) key += certificate.fingerprint();
  return key;
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

std::optional<std::string> Judge::whyNotTrusted(const Certificates& chain, const Certificates& roots) {
  if (chain.empty()) return "it presents no certificate";
  const auto key = keyOf(chain) + "/" + keyOfSet(roots);
  if (const auto* known = verified_.find(key)) return *known;
  const Certificates untrusted(chain.begin() + 1, chain.end());
  auto why =
      pki::whyNotTrusted(chain.front(), untrusted, roots, mesh_.takenAt, pki::Purpose::tlsServerAndClient);
  if (!why) why = whyNotOfDomain(chain.front(), mesh_.installation.trustDomain);
  verified_.keep(key, why);
  return why;
}

const std::optional<std::string>* Judge::Verified::find(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto known = verdicts_.find(key);
  return known == verdicts_.end() ? nullptr : &known->second;
}

void Judge::Verified::keep(const std::string& key, const std::optional<std::string>& why) {
  const std::lock_guard lock(mutex_);
  verdicts_.emplace(key, why);
}

Certificates Judge::anchors(const Certificates& chain, const Certificates& candidates) {
  Certificates found;
  for (const auto& candidate : candidates) {
    if (!whyNotTrusted(chain, {candidate})) found.push_back(candidate);
  }
  return found;
}

void Judge::add(Answer& answer, std::optional<Blocker> blocker,
                const std::vector<std::string>& waivers) const {
  if (!blocker) {
    ++answer.holds;
    return;
  }
  const bool accepted =
      blocker->kind == Blocker::Kind::unproven &&
      std::any_of(waivers.begin(), waivers.end(), [&](const auto& name) { return waivers_.contains(name); });
  (accepted ? answer.waived : answer.blockers).push_back(std::move(*blocker));
}

Answer Judge::ofProxies(std::string predicate, bool opaqueToo, const ProxyTest& test) {
  Answer answer{std::move(predicate), 0, 0, {}};
  std::vector<std::optional<Blocker>> blockers(mesh_.proxies.size());
  base::inParallel(blockers.size(), worthAThread, [&](std::size_t i) {
    if (mesh_.proxies[i].running) blockers[i] = test(mesh_.proxies[i]);
  });
  for (std::size_t i = 0; i < blockers.size(); ++i) {
    const auto& proxy = mesh_.proxies[i];
    if (!proxy.running) continue;
    ++answer.of;
    add(answer, std::move(blockers[i]), waiversFor(proxy));
  }
  for (const auto& opaque : mesh_.opaque) {
    if (!opaqueToo) break;
    ++answer.of;
    const auto waivers = waiversFor(opaque);
    add(answer, unproven(subjectOf(opaque), {opaque.reason}, waivers), waivers);
  }
  for (const auto& [what, why] : mesh_.unlisted) answer.blockers.push_back(unproven(what, why));
  return answer;
}

Answer Judge::ofIstiods(std::string predicate, const IstiodTest& test) {
  Answer answer{std::move(predicate), 0, mesh_.istiods.size(), {}};
  for (const auto& istiod : mesh_.istiods) add(answer, test(istiod), waiversFor(istiod));
  if (mesh_.istiods.empty()) {
    answer.blockers.push_back(
        no("istiod", fmt::format("no pod of it in namespace {}", mesh_.installation.ns)));
  }
  return answer;
}

Answer Judge::ofDistribution(std::string predicate, const RootsTest& test) {
  Answer answer{std::move(predicate), 0, mesh_.distribution.size(), {}};
  for (const auto& distribution : mesh_.distribution) {
    std::optional<Blocker> blocker;
    if (!distribution.roots) {
      blocker = unproven(subjectOf(distribution), distribution.roots.error());
    } else if (auto what = test(*distribution.roots)) {
      blocker = no(subjectOf(distribution), std::move(*what));
    }
    add(answer, std::move(blocker), {});
  }
  return answer;
}

namespace {

/// What a proxy holds, or why that is not known; a warming secret may change what is held at any moment.
std::optional<Blocker> unreadable(const Proxy& proxy) {
  if (!proxy.secrets) return unproven(subjectOf(proxy), proxy.secrets.error(), waiversFor(proxy));
  if (proxy.secrets->warming)
    return unproven(subjectOf(proxy), {"a secret is still warming"}, waiversFor(proxy));
  return std::nullopt;
}

}  // namespace

Answer Judge::everyProxyTrusts(const Certificates& roots) {
  return ofProxies(
      "every proxy trusts " + shortNames(roots), true, [&](const Proxy& proxy) -> std::optional<Blocker> {
        if (auto blocker = unreadable(proxy)) return blocker;
        if (missingFrom(proxy.secrets->roots, roots).empty()) return std::nullopt;
        auto what = holdsOnly("trusts", proxy.secrets->roots);
        if (!proxy.xdsAgent)
          what += "; it runs without PROXY_CONFIG_XDS_AGENT and must be restarted to learn a root";
        return no(subjectOf(proxy), what);
      });
}

Answer Judge::noProxyTrusts(const Certificates& roots) {
  return ofProxies("no proxy trusts " + shortNames(roots), true,
                   [&](const Proxy& proxy) -> std::optional<Blocker> {
                     if (auto blocker = unreadable(proxy)) return blocker;
                     const auto present = presentIn(proxy.secrets->roots, roots);
                     if (present.empty()) return std::nullopt;
                     return no(subjectOf(proxy), "still trusts " + shortNames(present));
                   });
}

Answer Judge::everyLeafVerifiesWith(const pki::Certificate& root) {
  return ofProxies("every proxy's certificate verifies with " + shortName(root) + " alone", true,
                   [&](const Proxy& proxy) -> std::optional<Blocker> {
                     if (auto blocker = unreadable(proxy)) return blocker;
                     const auto why = whyNotTrusted(proxy.secrets->chain, {root});
                     if (!why) return std::nullopt;
                     return no(subjectOf(proxy), fmt::format("presents a certificate issued by {}: {}",
                                                             proxy.secrets->leaf().issuer(), *why));
                   });
}

Answer Judge::everyProxyHasXdsAgent() {
  return ofProxies("every proxy runs with PROXY_CONFIG_XDS_AGENT", false,
                   [&](const Proxy& proxy) -> std::optional<Blocker> {
                     if (proxy.xdsAgent) return std::nullopt;
                     if (!proxy.xdsAgentWanted) {
                       return no(subjectOf(proxy),
                                 "its own proxy.istio.io/config annotation turns PROXY_CONFIG_XDS_AGENT off");
                     }
                     if (proxy.terminating)
                       return no(subjectOf(proxy), "runs without the setting and is terminating");
                     return no(subjectOf(proxy),
                               "runs without the setting: it started before it and must be restarted");
                   });
}

Answer Judge::everyMountHolds(const Certificates& roots, bool boundReached) {
  auto answer =
      ofProxies("every proxy's mounted istio-ca-root-cert holds " + shortNames(roots), true,
                [&](const Proxy& proxy) -> std::optional<Blocker> {
                  if (!proxy.mounted) {
                    if (boundReached) return std::nullopt;
                    return unproven(subjectOf(proxy), proxy.mounted.error(), waiversFor(proxy));
                  }
                  if (missingFrom(*proxy.mounted, roots).empty()) return std::nullopt;
                  return no(subjectOf(proxy), "has mounted " + holdsOnly("", *proxy.mounted).substr(1));
                });
  if (boundReached)
    answer.predicate += " (where it cannot be read: the kubelet's upper bound has passed, not a proof)";
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
