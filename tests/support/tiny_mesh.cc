#include "support/tiny_mesh.h"

#include <algorithm>

#include "base/text.h"
#include "pki/pem.h"
#include "pki/verify.h"
#include "trust/judge.h"

namespace support {

namespace {

trust::Certificates distinct(const std::string& pem) {
  trust::Certificates set;
  const auto all = pki::parseCertificates(pem, "test bundle");
  for (const auto& certificate : *all) {
    if (!trust::contains(set, certificate)) set.push_back(certificate);
  }
  return set;
}

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace

TinyMesh::TinyMesh(TestCa before, TestCa after, bool sail)
    : oldCa(std::move(before)), newCa(std::move(after)) {
  now_.takenAt = start;
  auto& installation = now_.installation;
  installation.kind = sail ? trust::InstallationKind::sail : trust::InstallationKind::plain;
  installation.istioName = sail ? "default" : "";
  installation.istioReady = true;
  installation.meshConfigs.push_back({"istio-system", "istio", "1", "trustDomain: cluster.local\n", false});
  trust::CaSecret secret{"istio-system", "istio-ca-secret", "istio.io/ca-root", "uid-self", "1"};
  secret.caCert = secret.rootCert = oldCa.caCert;
  secret.keyFingerprint = oldCa.key.fingerprint();
  secret.content = base::sha256Hex(secret.caCert);
  now_.selfSigned = secret;
  now_.cacerts = std::optional<trust::CaSecret>();
  now_.backups = std::vector<trust::CaSecret>();
  now_.istiodDeployments.push_back({"istio-system", "istiod", "default", "1", 1, 1, 2, 2, 2, 2});
  for (const auto* name : {"istiod-a", "istiod-b"}) {
    trust::Istiod istiod{"istio-system", name, name, "istiod", "default"};
    istiod.created = start;
    istiod.ready = true;
    istiod.serving = oldCa.serve(false);
    loaded_[istiod.uid] = {oldCa.caCert, oldCa.caCert, false};
    now_.istiods.push_back(istiod);
  }
  now_.distribution = {
      {trust::Distribution::Kind::configMap, "shop", distinct(oldCa.caCert)},
      {trust::Distribution::Kind::mutatingWebhook, "istio-sidecar-injector", distinct(oldCa.caCert)}};
  mounted_ = distinct(oldCa.caCert);
  now_.proxies = {proxy("client-1", "client"), proxy("server-1", "server"), proxy("server-2", "server")};
}

trust::Proxy TinyMesh::proxy(const std::string& name, const std::string& workload) {
  trust::Proxy made;
  made.ns = "shop";
  made.pod = name;
  made.uid = name;
  made.workload = {"Deployment", "shop", workload};
  made.created = now_.takenAt;
  made.running = made.ready = true;
  made.xdsAgentWanted = now_.installation.meshConfigs.front().xdsAgent;
  made.xdsAgent = made.xdsAgentWanted;
  renew(made);
  return made;
}

const TestCa& TinyMesh::signerOf(const std::string& caCert) const {
  return caCert == newCa.caCert ? newCa : oldCa;
}

void TinyMesh::renew(trust::Proxy& proxy) {
  // The CSR goes over a connection of its own, here to the replica that reloads last.
  const auto& signing = loaded_[now_.istiods.back().uid];
  auto roots = distinct(signing.bundle);
  if (proxy.xdsAgent) {
    const auto& pushing = loaded_[now_.istiods.front().uid];
    seenBundle_[proxy.uid] = pushing.bundle;
    for (const auto& root : distinct(pushing.bundle)) {
      if (!trust::contains(roots, root)) roots.push_back(root);
    }
  }
  proxy.secrets = trust::ProxySecrets{signerOf(signing.caCert).issue(proxy.workload.name), roots};
}

void TinyMesh::written() {
  auto& secret = **now_.cacerts;
  secret.resourceVersion = std::to_string(++version_);
  secret.content = base::sha256Hex(secret.caCert + secret.certChain + secret.rootCert);
  secret.lastWritten = now_.takenAt;
}

void TinyMesh::reload(trust::Istiod& istiod) {
  const auto& secret = **now_.cacerts;
  auto& loaded = loaded_[istiod.uid];
  const bool related = loaded.bundle.find(secret.rootCert) != std::string::npos ||
                       secret.rootCert.find(loaded.bundle) != std::string::npos;
  if (loaded.bundle != secret.rootCert && (!istiod.multiRoot || !related)) return;
  loaded.caCert = secret.caCert;
  loaded.bundle = secret.rootCert;
  istiod.serving = signerOf(secret.caCert).serve(true);
}

void TinyMesh::tick() {
  now_.takenAt += base::Seconds{10};
  auto& rollout = now_.istiodDeployments.front();
  rollout.available = rolling_ ? 1 : rollout.replicas;
  rolling_ = false;
  auto& installation = now_.installation;
  if (installation.kind == trust::InstallationKind::sail &&
      installation.istioObserved < installation.istioGeneration) {
    installation.istioObserved = installation.istioGeneration;
    installation.meshConfigs.front().xdsAgent = true;
    for (auto& proxy : now_.proxies) proxy.xdsAgentWanted = true;
    now_.istiodDeployments.front().multiRoot = true;
    for (auto& istiod : now_.istiods) istiod.multiRoot = true;
  }
  mounted_ = *now_.distribution.front().roots;
  if (!*now_.cacerts) return;
  for (auto& istiod : now_.istiods) {
    auto& loaded = loaded_[istiod.uid];
    const auto& secret = **now_.cacerts;
    if (!loaded.plugged || (loaded.bundle == secret.rootCert && loaded.caCert == secret.caCert)) continue;
    reload(istiod);
    for (auto& distribution : now_.distribution) distribution.roots = distinct(loaded.bundle);
    break;  // the other one a look later
  }
  for (auto& proxy : now_.proxies) {
    const auto& pushed = loaded_[now_.istiods.front().uid].bundle;
    if (proxy.xdsAgent && seenBundle_[proxy.uid] != pushed) renew(proxy);
  }
}

trust::Observation TinyMesh::observe(bool mounts) {
  tick();
  auto seen = now_;
  for (auto& proxy : seen.proxies) {
    if (mounts) proxy.mounted = mounted_;
  }
  return seen;
}

std::size_t TinyMesh::brokenPairs() const {
  std::size_t broken = 0;
  for (const auto& from : now_.proxies) {
    for (const auto& to : now_.proxies) {
      const auto& chain = from.secrets->chain;
      const trust::Certificates rest(chain.begin() + 1, chain.end());
      if (pki::whyNotTrusted(chain.front(), rest, to.secrets->roots, now_.takenAt,
                             pki::Purpose::tlsServerAndClient))
        ++broken;
    }
  }
  return broken;
}

void TinyMesh::perform(const plan::Action& action) {
  std::visit(Overload{
                 [&](const plan::EnableInIstio&) {
                   writes.push_back("enable in Istio");
                   now_.installation.istioMultiRoot = now_.installation.istioXdsAgent = true;
                   ++now_.installation.istioGeneration;
                 },
                 [&](const plan::EnableInIstiod&) {
                   writes.push_back("enable in istiod");
                   now_.istiodDeployments.front().multiRoot = true;
                   for (auto& istiod : now_.istiods) istiod.multiRoot = true;
                 },
                 [&](const plan::EnableInMeshConfig&) {
                   writes.push_back("enable in mesh config");
                   now_.installation.meshConfigs.front().xdsAgent = true;
                   for (auto& proxy : now_.proxies) proxy.xdsAgentWanted = true;
                 },
                 [&](const plan::RestartWorkloads& restart) {
                   writes.push_back("restart workloads");
                   for (auto& old : now_.proxies) {
                     if (std::find(restart.workloads.begin(), restart.workloads.end(), old.workload) ==
                         restart.workloads.end())
                       continue;
                     old = proxy(old.pod + "'", old.workload.name);
                   }
                 },
                 [&](const plan::BackUpCa& backup) {
                   writes.push_back("back up");
                   auto kept = backup.secret == "cacerts" ? **now_.cacerts : **now_.selfSigned;
                   kept.name = "istio-ca-rotation-backup-" + backup.fingerprint.substr(0, 16);
                   kept.rootCert = backup.bundle;
                   kept.lastWritten = now_.takenAt;
                   now_.backups->push_back(std::move(kept));
                 },
                 [&](const plan::CreateCaSecret& create) {
                   writes.push_back("create cacerts");
                   trust::CaSecret secret{"istio-system", "cacerts", "Opaque", "uid-cacerts", "1"};
                   secret.caCert = create.caCert;
                   secret.certChain = create.certChain;
                   secret.rootCert = create.bundle;
                   secret.keyFingerprint = oldCa.key.fingerprint();
                   *now_.cacerts = secret;
                   written();
                 },
                 [&](const plan::UpdateCaSecret& update) {
                   auto& secret = **now_.cacerts;
                   writes.push_back(update.signer ? "new signer" : "new bundle");
                   if (update.signer) {
                     secret.caCert = update.signer->caCert;
                     secret.certChain = update.signer->certChain;
                     secret.keyFingerprint = signerOf(secret.caCert).key.fingerprint();
                   }
                   if (update.bundle) secret.rootCert = *update.bundle;
                   if (update.removed)
                     secret.annotations[std::string(plan::removedAnnotation)] = *update.removed;
                   secret.annotations[std::string(trust::servedBeforeAnnotation)] = update.servedBefore;
                   secret.annotations.erase(std::string(trust::triggersAnnotation));
                   if (update.triggers > 0) {
                     secret.annotations[std::string(trust::triggersAnnotation)] =
                         std::to_string(update.triggers);
                   }
                   written();
                 },
                 [&](const plan::RestartIstiod& restart) {
                   writes.push_back("restart istiod");
                   rolling_ = true;
                   now_.istiodDeployments.front().startedFor = restart.startedFor;
                   for (auto& istiod : now_.istiods) {
                     istiod.uid += "'";
                     istiod.created = now_.takenAt;
                     istiod.startedFor = restart.startedFor;
                     const auto& secret = *now_.cacerts ? **now_.cacerts : **now_.selfSigned;
                     loaded_[istiod.uid] = {secret.caCert, secret.rootCert, now_.cacerts->has_value()};
                     istiod.serving = signerOf(secret.caCert).serve(now_.cacerts->has_value());
                   }
                   for (auto& distribution : now_.distribution) {
                     distribution.roots = distinct(loaded_[now_.istiods.front().uid].bundle);
                   }
                 },
             },
             action);
}

}  // namespace support
