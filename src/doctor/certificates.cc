#include <algorithm>
#include <set>

#include "base/text.h"
#include "doctor/facts.h"
#include "doctor/hazards.h"
#include "trust/subjects.h"
#include "trust/verdict.h"

namespace doctor {

namespace {

using base::Time;
using trust::Proxy;

/// All that `what` says something about.
template <class What>
Sightings ofLeaves(const Facts& facts, What what) {
  Sightings seen;
  for (const auto* proxy : facts.read()) {
    auto text = what(proxy->secrets->leaf());
    if (!text.empty()) seen.push_back({trust::subjectOf(*proxy), std::move(text)});
  }
  return seen;
}

Sightings sameKey(const Facts& facts) {
  Sightings seen;
  const auto& roots = facts.roots();
  for (std::size_t i = 0; i < roots.size(); ++i) {
    for (std::size_t j = i + 1; j < roots.size(); ++j) {
      if (roots[i].first.keyFingerprint() != roots[j].first.keyFingerprint()) continue;
      seen.push_back({trust::shortName(roots[i].first) + " and " + trust::shortName(roots[j].first),
                      "have the same key"});
    }
  }
  return seen;
}

Sightings sameSubject(const Facts& facts) {
  Sightings seen;
  const auto& roots = facts.roots();
  for (std::size_t i = 0; i < roots.size(); ++i) {
    for (std::size_t j = i + 1; j < roots.size(); ++j) {
      const bool differ = roots[i].first.keyFingerprint() != roots[j].first.keyFingerprint();
      if (!differ || roots[i].first.subject() != roots[j].first.subject()) continue;
      seen.push_back({trust::shortName(roots[i].first) + " and " + trust::shortName(roots[j].first),
                      "have the same subject, " + roots[i].first.subject()});
    }
  }
  return seen;
}

Sightings expiredRoots(const Facts& facts) {
  Sightings seen;
  for (const auto& [root, where] : facts.roots()) {
    if (root.notAfter() < facts.mesh.takenAt)
      seen.push_back({where, trust::shortName(root) + " expired " + base::formatTime(root.notAfter())});
  }
  return seen;
}

Sightings expiringRoots(const Facts& facts) {
  constexpr base::Seconds soon{90LL * 24 * 3600};
  Sightings seen;
  for (const auto& [root, where] : facts.roots()) {
    if (root.notAfter() < facts.mesh.takenAt || root.notAfter() - facts.mesh.takenAt > soon) continue;
    seen.push_back({where, trust::shortName(root) + " expires in " +
                               base::formatDuration(root.notAfter() - facts.mesh.takenAt)});
  }
  return seen;
}

Sightings expiredLeaves(const Facts& facts) {
  return ofLeaves(facts, [&](const pki::Certificate& leaf) {
    return leaf.notAfter() < facts.mesh.takenAt
               ? "its certificate expired " + base::formatTime(leaf.notAfter())
               : std::string();
  });
}

/// Agents renew at half of the life, a hundredth more or less (istio:
/// pilot/cmd/pilot-agent/options.go:76-85).
Sightings overdueLeaves(const Facts& facts) {
  return ofLeaves(facts, [&](const pki::Certificate& leaf) -> std::string {
    const auto life = leaf.notAfter() - leaf.notBefore();
    const auto age = facts.mesh.takenAt - leaf.notBefore();
    if (leaf.notAfter() < facts.mesh.takenAt || age * 4 <= life * 3) return {};
    return "its certificate expires in " + base::formatDuration(leaf.notAfter() - facts.mesh.takenAt) +
           " and was due for renewal at half of its life";
  });
}

Sightings futureLeaves(const Facts& facts) {
  return ofLeaves(facts, [&](const pki::Certificate& leaf) {
    return leaf.notBefore() > facts.mesh.takenAt
               ? "its certificate is not valid before " + base::formatTime(leaf.notBefore())
               : std::string();
  });
}

/// Of roots that are new to the mesh: istiod's own has been young before anybody looked.
Sightings youngRoots(const Facts& facts) {
  constexpr base::Seconds settled{600};
  Sightings seen;
  if (!facts.cacerts()) return seen;
  for (const auto& [root, where] : facts.roots()) {
    const bool own = facts.selfSigned() && facts.selfSigned()->rootCert == root.pem();
    if (where == nameOf(*facts.cacerts()) && !own && root.notBefore() > facts.mesh.takenAt - settled)
      seen.push_back(
          {where, trust::shortName(root) + " is valid since " + base::formatTime(root.notBefore())});
  }
  return seen;
}

Sightings otherTrustDomain(const Facts& facts) {
  const auto prefix = "spiffe://" + facts.mesh.installation.trustDomain + "/";
  return ofLeaves(facts, [&](const pki::Certificate& leaf) -> std::string {
    for (const auto& uri : leaf.uris()) {
      if (uri.starts_with("spiffe://") && !uri.starts_with(prefix))
        return "is " + uri + ", and the mesh config's trust domain is " + facts.mesh.installation.trustDomain;
    }
    return {};
  });
}

/// Verifies each distinct issuer once: the leaf by itself is of no interest here, but nothing less proves it.
Sightings unknownIssuers(const Facts& facts) {
  const auto candidates = facts.rootSet();
  const bool complete = facts.mesh.cacerts && facts.mesh.selfSigned && facts.mesh.backups;
  Sightings seen;
  if (!complete || candidates.empty()) return seen;
  for (const auto* proxy : facts.read()) {
    const auto& leaf = proxy->secrets->leaf();
    if (leaf.notAfter() < facts.mesh.takenAt || leaf.notBefore() > facts.mesh.takenAt) continue;
    const auto why = facts.judge().whyNotTrusted(proxy->secrets->chain, candidates);
    if (why)
      seen.push_back({trust::subjectOf(*proxy), "its certificate is of none of istiod's CAs: " + *why});
  }
  return seen;
}

Sightings brokenPairs(const Facts& facts) {
  Sightings seen;
  const auto verdict = trust::verdict(facts.mesh);
  for (const auto& broken : verdict.breaks) {
    const auto some = [](const std::vector<std::string>& names) {
      return names.size() <= 3 ? base::join(names, ", ")
                               : base::join({names.begin(), names.begin() + 3}, ", ") + " and " +
                                     std::to_string(names.size() - 3) + " more";
    };
    seen.push_back({some(broken.presenters), "refused by " + some(broken.verifiers) + ": " + broken.reason});
  }
  return seen;
}

Sightings extraRoots(const Facts& facts) {
  Sightings seen;
  for (const auto& config : facts.mesh.installation.meshConfigs) {
    if (config.caCertificates)
      seen.push_back({"config map " + config.ns + "/" + config.name, "has caCertificates"});
  }
  return seen;
}

}  // namespace

std::vector<Hazard> certificateHazards() {
  using enum Severity;
  return {
      {"ICA0401", "two roots with the same key", warning,
       "A certificate of one verifies with the other: it cannot be proven which of them is still needed.",
       "Make the new CA with a key of its own; create-ca does.", sameKey},
      {"ICA0402", "two roots with the same subject", info,
       "istioctl and openssl show them alike, and who compares by name confuses them. This program compares "
       "SHA-256.",
       "Tell them apart by their fingerprints.", sameSubject},
      {"ICA0403", "a root has expired", warning, "Whatever it signed is refused already.",
       "If it is the one that is in use, this is an outage: write a new CA at once. Else leave it to the "
       "rotation.",
       expiredRoots},
      {"ICA0404", "a root expires within 90 days", info, "Every certificate below it ends with it.",
       "Rotate before that day.", expiringRoots},
      {"ICA0405", "a proxy's certificate has expired", warning,
       "Its peers refuse it, and its agent did not get another.", "See the logs of its agent and of istiod.",
       expiredLeaves},
      {"ICA0406", "a proxy's certificate should have been renewed", warning,
       "Its agent does not reach istiod's CA: it would not get a certificate of the new CA either.",
       "See the agent's log (x509: certificate signed by unknown authority is the usual one); restart the "
       "pod.",
       overdueLeaves},
      {"ICA0407", "a proxy's certificate is not valid yet", warning,
       "Clocks differ: this machine's, istiod's node's or the proxy's.", "Set the clocks right.",
       futureLeaves},
      {"ICA0408", "another trust domain", error,
       "A rotation gives every proxy a new certificate, and with it the trust domain of the mesh config: "
       "identities "
       "would change, and authorization policies would refuse them although every chain verifies.",
       "Finish the change of the trust domain first (trustDomainAliases, restart of all workloads).",
       otherTrustDomain},
      {"ICA0409", "a proxy's certificate is not of istiod's CA", error,
       "What istiod signs with is not what this proxy presents. Taking its root away would cut it off.",
       "Find out who signed it: istioctl proxy-config secret.", unknownIssuers},
      {"ICA0410", "proxies refuse each other now", warning,
       "Handshakes between them fail already; a rotation does not begin from there unharmed.",
       "See: verify. In the middle of a rotation, run rotate again or rollback.", brokenPairs},
      {"ICA0411", "roots from the mesh config", info,
       "meshConfig.caCertificates adds roots for every proxy; a rotation leaves them as they are.",
       "Take them out yourself if one of them is the old root.", extraRoots},
      {"ICA0412", "a root that is a few minutes old", warning,
       "A node whose clock is behind refuses it: certificates of istiod are dated back two minutes, a CA is "
       "not.",
       "Wait ten minutes before switch-signer. create-ca dates its certificates back an hour.", youngRoots},
  };
}

}  // namespace doctor
