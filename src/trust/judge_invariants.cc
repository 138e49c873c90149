#include <fmt/format.h>

#include <algorithm>

#include "pki/pem.h"
#include "pki/verify.h"
#include "trust/ca_secret.h"
#include "trust/invariants.h"

namespace trust {

namespace {

std::string whoTrusts(const std::string& who, const Certificates& roots, const std::string& why) {
  return fmt::format("is refused by {}, which trusts {}: {}", who, shortNames(roots), why);
}

/// What the CA secret that is in force hands out.
Reading<Certificates> bundleOf(const CaSecret& secret) {
  auto roots = rootsOf(secret);
  if (!roots) return tl::unexpected(Unreadable{base::describe(roots.error())});
  return *std::move(roots);
}

}  // namespace

std::map<std::string, const Proxy*> Judge::rootSets() const {
  std::map<std::string, const Proxy*> sets;
  for (const auto& proxy : mesh_.proxies) {
    if (proxy.running && proxy.secrets) sets.emplace(keyOfSet(proxy.secrets->roots), &proxy);
  }
  return sets;
}

Answer Judge::everyPairWorks() {
  const auto verifiers = rootSets();
  return ofProxies("every proxy's certificate is accepted by every other", true,
                   [&](const Proxy& proxy) -> std::optional<Blocker> {
                     if (!proxy.secrets)
                       return unproven(subjectOf(proxy), proxy.secrets.error(), waiversFor(proxy));
                     for (const auto& [key, verifier] : verifiers) {
                       const auto& roots = verifier->secrets->roots;
                       const auto why = whyNotTrusted(proxy.secrets->chain, roots);
                       if (why) return no(subjectOf(proxy), whoTrusts(subjectOf(*verifier), roots, *why));
                     }
                     if (proxy.secrets->warming)
                       return unproven(subjectOf(proxy), {"a secret is still warming"}, waiversFor(proxy));
                     return std::nullopt;
                   });
}

std::optional<std::string> Judge::whyNotServed(const Certificates& chain, const Certificates& roots) const {
  if (chain.empty()) return "it serves no certificate";
  const Certificates rest(chain.begin() + 1, chain.end());
  return pki::whyNotTrusted(chain.front(), rest, roots, mesh_.takenAt, pki::Purpose::tlsServer);
}

Answer Judge::everySignerIsTrusted() {
  const auto verifiers = rootSets();
  return ofIstiods("what every istiod signs is accepted by every proxy",
                   [&](const Istiod& istiod) -> std::optional<Blocker> {
                     if (!istiod.serving)
                       return unproven(subjectOf(istiod), istiod.serving.error(), waiversFor(istiod));
                     for (const auto& [key, verifier] : verifiers) {
                       const auto& roots = verifier->secrets->roots;
                       auto why = whyNotServed(*istiod.serving, roots);
                       if (!why && istiod.issued) why = whyNotTrusted(istiod.issued->chain, roots);
                       if (why) return no(subjectOf(istiod), whoTrusts(subjectOf(*verifier), roots, *why));
                     }
                     return std::nullopt;
                   });
}

Reading<Certificates> Judge::handedOut(const Istiod& istiod) {
  if (istiod.issued) {
    auto roots = pki::parseCertificates(istiod.issued->bundle, "the bundle that it hands out");
    if (!roots) return tl::unexpected(Unreadable{base::describe(roots.error())});
    return *std::move(roots);
  }
  if (!mesh_.cacerts) return tl::unexpected(mesh_.cacerts.error());
  if (*mesh_.cacerts) {
    if (!whyNotLoaded(istiod, **mesh_.cacerts)) return bundleOf(**mesh_.cacerts);
  } else if (mesh_.selfSigned && *mesh_.selfSigned) {
    return bundleOf(**mesh_.selfSigned);
  }
  return tl::unexpected(Unreadable{"it has not loaded the CA secret as it is now"});
}

Answer Judge::everyBundleCoversAll() {
  std::map<std::string, std::pair<std::string, Certificates>> bundles;  // who hands it out, by its set
  auto answer = ofIstiods("every bundle that an istiod hands out covers all certificates in use",
                          [&](const Istiod& istiod) -> std::optional<Blocker> {
                            const auto roots = handedOut(istiod);
                            if (!roots) return unproven(subjectOf(istiod), roots.error(), waiversFor(istiod));
                            bundles.emplace(keyOfSet(*roots), std::pair{subjectOf(istiod), *roots});
                            return std::nullopt;
                          });
  for (const auto& [key, bundle] : bundles) {
    const auto& [who, roots] = bundle;
    for (const auto& proxy : mesh_.proxies) {
      if (!proxy.running || !proxy.secrets) continue;
      if (const auto why = whyNotTrusted(proxy.secrets->chain, roots))
        answer.blockers.push_back(no(subjectOf(proxy), whoTrusts("what " + who + " hands out", roots, *why)));
    }
    for (const auto& istiod : mesh_.istiods) {
      if (!istiod.serving) continue;
      if (const auto why = whyNotServed(*istiod.serving, roots))
        answer.blockers.push_back(
            no(subjectOf(istiod), whoTrusts("what " + who + " hands out", roots, *why)));
    }
  }
  return answer;
}

Answer Judge::everyServingCertificateIsAccepted() {
  return ofIstiods(
      "every istiod's serving certificate is accepted by all that call it",
      [&](const Istiod& istiod) -> std::optional<Blocker> {
        if (!istiod.serving) return unproven(subjectOf(istiod), istiod.serving.error(), waiversFor(istiod));
        for (const auto& distribution : mesh_.distribution) {
          if (!distribution.roots) return unproven(subjectOf(distribution), distribution.roots.error());
          if (const auto why = whyNotServed(*istiod.serving, *distribution.roots))
            return no(subjectOf(istiod), whoTrusts(subjectOf(distribution), *distribution.roots, *why));
        }
        for (const auto& proxy : mesh_.proxies) {
          if (!proxy.running || !proxy.mounted) continue;
          if (const auto why = whyNotServed(*istiod.serving, *proxy.mounted))
            return no(subjectOf(istiod), whoTrusts("the agent of " + subjectOf(proxy), *proxy.mounted, *why));
        }
        return std::nullopt;
      });
}

Answer Judge::noIstiodCanStartOutside() {
  Answer answer{"an istiod that starts now signs what is accepted", 0, 1, {}};
  const auto subject = "secret " + mesh_.installation.ns + "/cacerts";
  std::optional<Blocker> blocker;
  if (!mesh_.cacerts) {
    blocker = unproven(subject, mesh_.cacerts.error());
  } else if (*mesh_.cacerts) {
    if (auto why = whyUnfit(**mesh_.cacerts, mesh_.takenAt)) blocker = no(subject, std::move(*why));
  } else if (!mesh_.selfSigned) {
    blocker = unproven("secret " + mesh_.installation.ns + "/istio-ca-secret", mesh_.selfSigned.error());
  } else if (const auto whose = whoseSecretIsGone(mesh_)) {
    blocker = no(subject, "is gone, but " + *whose + " runs with what it held");
  } else if (!*mesh_.selfSigned) {
    blocker = no(subject, "is not there, nor is istio-ca-secret: istiod would make a new CA");
  }
  add(answer, std::move(blocker), {});
  return answer;
}

std::vector<Invariant> invariants(Judge& judge) {
  return {{"I1", judge.everyPairWorks()},
          {"I2", judge.everySignerIsTrusted()},
          {"I3", judge.everyBundleCoversAll()},
          {"I4", judge.everyServingCertificateIsAccepted()},
          {"I5", judge.noIstiodCanStartOutside()}};
}

Safety safetyOf(const Answer& answer) {
  if (answer.yes()) return Safety::safe;
  const bool no = std::any_of(answer.blockers.begin(), answer.blockers.end(),
                              [](const Blocker& each) { return each.kind == Blocker::Kind::no; });
  return no ? Safety::broken : Safety::unproven;
}

std::string_view name(Safety safety) {
  switch (safety) {
    case Safety::safe:
      return "holds";
    case Safety::broken:
      return "broken";
    case Safety::unproven:
      return "unproven";
  }
  return "unproven";
}

}  // namespace trust
