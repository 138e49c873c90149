#include "explore/look.h"

#include <algorithm>

#include "plan/target.h"
#include "trust/judge.h"

namespace explore {

namespace {

constexpr base::Time before = support::start - base::Seconds{60}, after = support::start + base::Seconds{60};

std::string annotationOf(const State& state, const Pool& pool) {
  std::string text;
  for (std::size_t i = 0; i < mostReplicas; ++i) {
    const auto& replica = state.replicas[i];
    if (!replica.up || replica.served == Served::unlisted) continue;
    const auto& leaf = pool.serving(pool.at(replica.loaded).signer, replica.plugged).front();
    text += (text.empty() ? "" : ",") + std::string(replicaNames[i]) + "=" +
            (replica.served == Served::same ? leaf.serial() : std::string("00"));
  }
  return text;
}

trust::CaSecret caSecret(const State& state, const Pool& pool) {
  auto secret = pool.secret(state.secret, "cacerts");
  if (state.annotated)
    secret.annotations[std::string(trust::servedBeforeAnnotation)] = annotationOf(state, pool);
  if (state.triggers > 0)
    secret.annotations[std::string(trust::triggersAnnotation)] = std::to_string(state.triggers);
  if (state.removed != 0) {
    std::string prints;
    for (const auto& root : pool.set(state.removed))
      prints += (prints.empty() ? "" : ",") + root.fingerprint();
    secret.annotations[std::string(plan::removedAnnotation)] = prints;
  }
  return secret;
}

trust::Istiod istiod(const State& state, std::size_t index, const Pool& pool, bool issued) {
  const auto& replica = state.replicas[index];
  const auto* name = replicaNames[index];
  const auto& content = pool.at(replica.loaded);
  trust::Istiod seen{"istio-system", name, name, "istiod", "default"};
  seen.created = replica.fresh ? after : before;
  seen.ready = seen.multiRoot = true;
  seen.serving = pool.serving(content.signer, replica.plugged);
  if (replica.plugged) seen.startedFor = "an older version";
  if (issued) seen.issued = trust::Issued{pool.leaf(content.signer), pool.bytes(content.bundle)};
  return seen;
}

trust::Proxy proxy(const State& state, std::size_t index, const Pool& pool) {
  const auto& held = state.proxies[index];
  const std::string name = proxyNames[index];
  trust::Proxy seen;
  seen.ns = "shop";
  seen.pod = seen.uid = name;
  seen.workload = {"Deployment", "shop", name};
  seen.running = seen.ready = seen.xdsAgentWanted = true;
  seen.xdsAgent = held.setting;
  seen.secrets = trust::ProxySecrets{pool.leaf(held.leaf), pool.set(held.held)};
  seen.mounted = pool.set(pool.roots(held.mounted));
  return seen;
}

}  // namespace

trust::Observation look(const State& state, const Pool& pool, const Options& options, Eyes eyes) {
  trust::Observation seen;
  seen.takenAt = support::start;
  seen.installation.meshConfigs.push_back({"istio-system", "istio", "1", "", true});
  seen.selfSigned = pool.secret(pool.selfSigned(), "istio-ca-secret");
  seen.cacerts = std::optional<trust::CaSecret>();
  if (state.secret != 0) *seen.cacerts = caSecret(state, pool);
  seen.backups = std::vector<trust::CaSecret>();
  if (state.backup) seen.backups->push_back(pool.secret(pool.selfSigned(), "istio-ca-rotation-backup-o"));

  trust::IstiodDeployment deployment{"istio-system", "istiod", "default", "1", 1, 1};
  deployment.multiRoot = true;
  for (std::size_t i = 0; i < mostReplicas; ++i) {
    const auto& replica = state.replicas[i];
    if (!replica.up) continue;
    seen.istiods.push_back(istiod(state, i, pool, eyes == Eyes::allKnown || options.directProof));
    ++deployment.replicas;
    deployment.updated += replica.outdated ? 0 : 1;
  }
  deployment.available = deployment.total = deployment.replicas;
  if (state.marked && state.secret != 0) deployment.startedFor = trust::startMark(**seen.cacerts);
  seen.istiodDeployments.push_back(deployment);

  const auto& distributed = pool.set(pool.roots(state.distributed));
  seen.distribution = {{trust::Distribution::Kind::configMap, "shop", distributed},
                       {trust::Distribution::Kind::mutatingWebhook, "istio-sidecar-injector", distributed}};
  for (std::size_t i = 0; i < mostProxies; ++i) {
    if (state.proxies[i].up) seen.proxies.push_back(proxy(state, i, pool));
  }
  return seen;
}

std::string keyOf(const State& state, const Pool& pool, const Options& options, Eyes eyes) {
  const bool all = eyes == Eyes::allKnown;
  std::array<std::array<char, 6>, mostReplicas> replicas{};
  for (std::size_t i = 0; i < mostReplicas; ++i) {
    const auto& replica = state.replicas[i];
    if (!replica.up) continue;
    auto& kind = replicas[i];
    kind[0] = static_cast<char>(1 + replica.plugged);
    // Its serving certificate shows the signer alone.
    const bool bundle = all || options.directProof;
    kind[1] = bundle ? static_cast<char>(replica.loaded) : static_cast<char>(pool.at(replica.loaded).signer);
    if (all) continue;
    kind[2] = static_cast<char>(replica.fresh);
    kind[3] = static_cast<char>(replica.outdated);
    kind[4] = static_cast<char>(replica.served);
  }
  std::array<std::array<char, 5>, mostProxies> proxies{};
  for (std::size_t i = 0; i < mostProxies; ++i) {
    const auto& held = state.proxies[i];
    if (!held.up) continue;
    proxies[i] = {static_cast<char>(1 + held.setting), static_cast<char>(held.leaf),
                  static_cast<char>(held.held), static_cast<char>(pool.roots(held.mounted)),
                  static_cast<char>(all ? 0 : held.asked)};
  }
  std::sort(replicas.begin(), replicas.end());
  std::sort(proxies.begin(), proxies.end());
  std::string key{static_cast<char>(state.secret), static_cast<char>(state.distributed)};
  if (!all) {
    for (const auto byte : {state.triggers, state.annotated, state.removed, state.marked, state.backup,
                            state.back, static_cast<std::uint8_t>(options.directProof)})
      key += static_cast<char>(byte);
  }
  for (std::size_t i = 0; i < mostReplicas; ++i) {
    if (i == 0 || replicas[i] != replicas[i - 1]) key.append(replicas[i].data(), replicas[i].size());
  }
  key += '|';
  for (std::size_t i = 0; i < mostProxies; ++i) {
    if (i == 0 || proxies[i] != proxies[i - 1]) key.append(proxies[i].data(), proxies[i].size());
  }
  return key;
}

}  // namespace explore
