#include "explore/moves.h"

namespace explore {

/// M/security/pkg/server/ca/server.go:112-155: the answer to a CSR is a leaf of the signer that is loaded,
/// its chain, and the bundle. The agent keeps both (M/security/pkg/nodeagent/cache/secretcache.go:824,845).
void Model::Moves::certify(Proxy& proxy, const Replica& by) const {
  const auto& content = pool_.at(by.loaded);
  proxy.leaf = content.signer;
  proxy.answered = content.bundle;
}

/// secretcache.go:1136-1158: what Envoy is given is the union. ROOTCA has a stream of its own
/// (M/security/pkg/nodeagent/sds/sdsservice.go), so it comes before or after a new leaf: the recorded trace
/// document-by-hand-two-replicas has proxies with a leaf of N that still trust O alone.
RootSet Model::Moves::both(const Proxy& proxy) const {
  return static_cast<RootSet>(pool_.roots(proxy.heard) | pool_.roots(proxy.answered));
}

/// An agent has got roots that its Envoy does not have yet.
bool Model::Moves::owed() const {
  for (const auto& proxy : now_.proxies) {
    if (proxy.up && proxy.held != both(proxy)) return true;
  }
  return false;
}

/// An agent that starts asks for its certificate before it hears a bundle: ROOTCA is the answer's
/// (secretcache.go:301-320). Pods are created with the setting by now.
Proxy Model::Moves::born(const Replica& by) const {
  Proxy pod;
  pod.up = pod.setting = 1;
  pod.mounted = now_.distributed;
  certify(pod, by);
  pod.held = pool_.roots(pod.answered);
  return pod;
}

void Model::Moves::proxy(std::uint8_t who) {
  const auto& proxy = now_.proxies[who];
  if (proxy.held != both(proxy)) to(Move::Kind::push, who).proxies[who].held = both(proxy);
  // A kubelet refreshes a mounted config map at its own time (kubernetes.io, "Mounted ConfigMaps are updated
  // automatically"); the agent reads the file at its next connection (M/pkg/istio-agent/agent.go:423-432,
  // xds_proxy.go:349-353).
  if (proxy.mounted != now_.distributed) to(Move::Kind::mount, who).proxies[who].mounted = now_.distributed;
  for (std::uint8_t whom = 0; whom < mostReplicas; ++whom) {
    const auto& istiod = now_.replicas[whom];
    if (!istiod.up) continue;
    // The configuration comes on one connection, certificates on another, each to any replica and to another
    // one at any time (M/pkg/istio-agent/xds_proxy.go:332; caclient/providers/citadel/client.go:147; closed
    // after 30 min at the latest). Equal bytes are skipped; else the agent pushes ROOTCA, drops its
    // certificate and asks for another (secretcache.go:1120-1134).
    const auto bundle = pool_.at(istiod.loaded).bundle;
    if (proxy.setting && proxy.heard != bundle) {
      auto& after = to(Move::Kind::hear, who, whom).proxies[who];
      after.heard = bundle;
      after.due = 1;
    }
    if (proxy.due) {
      auto& after = to(Move::Kind::ask, who, whom).proxies[who];
      certify(after, istiod);
      after.due = 0;
    }
    if (proxy.asked) {
      auto& after = to(Move::Kind::replace, who, whom);
      leave(after, proxy);
      after.proxies[who] = born(istiod);
    }
  }
}

void Model::Moves::proxySurprises(std::uint8_t who) {
  const auto& proxy = now_.proxies[who];
  if (!proxy.up && !(options_.pods && who < options_.proxies)) return;
  if (options_.pods && proxy.up) {
    auto& after = surprise(Move::Kind::kill, who);
    leave(after, proxy);
    after.proxies[who] = Proxy{};
  }
  for (std::uint8_t whom = 0; whom < mostReplicas; ++whom) {
    const auto& istiod = now_.replicas[whom];
    if (!istiod.up) continue;
    if (!proxy.up) surprise(Move::Kind::birth, who, whom).proxies[who] = born(istiod);
    // At half its life (M/security/pkg/nodeagent/cache/secretcache.go, rotateTime).
    if (proxy.up && options_.renewals) certify(surprise(Move::Kind::renew, who, whom).proxies[who], istiod);
  }
}

}  // namespace explore
