#include "rotate/cluster.h"

#include "mesh/changes.h"
#include "trust/judge.h"

namespace rotate {

namespace {

using Writes = std::vector<kube::Write>;

base::Error keyMissing(const std::string& what) {
  return {base::Kind::failed, "the key of " + what + " is not at hand",
          "it was not in the secret when the mesh was read", "see: kubectl istio-ca status"};
}

/// The requests for one action; borrows what was last read.
struct Requests {
  const mesh::Reading& last;
  const std::string& ns;
  const base::Secret& newKey;
  base::Time now;

  base::Result<Writes> operator()(const plan::EnableInIstio& action) const {
    return Writes{mesh::enableInIstio(action.name)};
  }
  base::Result<Writes> operator()(const plan::EnableInIstiod& action) const {
    return Writes{mesh::enableInIstiod(action.ns, action.deployment, action.container)};
  }
  base::Result<Writes> operator()(const plan::EnableInMeshConfig& action) const {
    TRY_ASSIGN(auto write, mesh::enableInMeshConfig(action.config));
    return Writes{std::move(write)};
  }
  /// The key of a signing certificate: of a backup on the way back, else the new CA's.
  const base::Secret& keyOf(const pki::Certificate& signer) const {
    if (!last.observation.backups) return newKey;
    for (const auto& backup : *last.observation.backups) {
      const auto key = last.keys.backups.find(backup.name);
      if (backup.keyFingerprint == signer.keyFingerprint() && key != last.keys.backups.end())
        return key->second;
    }
    return newKey;
  }
  base::Result<Writes> operator()(const plan::RestartWorkloads& action) const {
    Writes writes;
    for (const auto& workload : action.workloads) {
      TRY_ASSIGN(auto write, mesh::restartWorkload(workload, now));
      writes.push_back(std::move(write));
    }
    return writes;
  }
  base::Result<Writes> operator()(const plan::BackUpCa& action) const {
    const bool plugged = action.secret == "cacerts";
    const auto& key = plugged ? last.keys.cacerts : last.keys.selfSigned;
    if (key.empty()) return base::fail(keyMissing("secret " + action.secret));
    const auto& source = plugged ? **last.observation.cacerts : **last.observation.selfSigned;
    return Writes{mesh::createBackup(source, action.fingerprint, action.bundle, key, now)};
  }
  base::Result<Writes> operator()(const plan::CreateCaSecret& action) const {
    if (last.keys.selfSigned.empty()) return base::fail(keyMissing("secret istio-ca-secret"));
    return Writes{
        mesh::createCacerts(ns, {action.caCert, action.certChain, action.bundle}, last.keys.selfSigned)};
  }
  base::Result<Writes> operator()(const plan::UpdateCaSecret& action) const {
    const auto& key = action.signer ? keyOf(action.signer->signer) : newKey;
    if (action.signer && key.empty()) return base::fail(keyMissing("the CA to sign with"));
    mesh::CacertsChange change;
    change.resourceVersion = action.resourceVersion;
    if (action.signer) change.signer = mesh::CaContent{action.signer->caCert, action.signer->certChain, ""};
    change.rootCert = action.bundle;
    change.annotations[std::string(trust::servedBeforeAnnotation)] = action.servedBefore;
    change.annotations[std::string(trust::triggersAnnotation)] =
        action.triggers > 0 ? std::to_string(action.triggers) : "";
    if (action.removed) change.annotations[std::string(plan::removedAnnotation)] = *action.removed;
    return Writes{mesh::updateCacerts(ns, change, key)};
  }
  base::Result<Writes> operator()(const plan::RestartIstiod& action) const {
    return Writes{mesh::restartIstiod(action.ns, action.deployment, action.startedFor, now)};
  }
};

}  // namespace

Cluster::Cluster(kube::Api& api, base::Clock& clock, std::string istioNamespace, base::Secret newKey)
    : api_(api),
      clock_(clock),
      ns_(istioNamespace),
      newKey_(std::move(newKey)),
      lease_(api, clock, istioNamespace) {}

mesh::ObserveOptions Cluster::options(bool mounts) {
  mesh::ObserveOptions options;
  options.istioNamespace = ns_;
  options.withMountedRoots = mounts;
  options.directProof = true;
  options.caToken = &caToken_;
  return options;
}

base::Result<trust::Observation> Cluster::observe(bool mounts) {
  TRY_ASSIGN(auto seen, mesh::observe(api_, clock_, options(mounts)));
  last_.keys = std::move(seen.keys);
  last_.observation.cacerts = seen.observation.cacerts;
  last_.observation.selfSigned = seen.observation.selfSigned;
  last_.observation.backups = seen.observation.backups;
  return std::move(seen.observation);
}

base::Result<trust::Observation> Cluster::glance(const mesh::Part& part, bool mounts,
                                                 const trust::Observation& before) {
  auto with = options(mounts);
  with.part = part;
  with.before = &before;
  TRY_ASSIGN(auto seen, mesh::observe(api_, clock_, with));
  return std::move(seen.observation);
}

base::Result<Writes> Cluster::requests(const plan::Action& action) const {
  return std::visit(Requests{last_, ns_, newKey_, clock_.now()}, action);
}

base::Status Cluster::perform(const plan::Action& action) {
  TRY_ASSIGN(const auto writes, requests(action));
  lastWrite_.clear();
  for (const auto& write : writes) {
    const auto done = api_.write(write);
    if (!done) return base::fail(done.error());
    lastWrite_.push_back({write.method + " " + write.path.substr(0, write.path.find('?')),
                          std::string((*done)["metadata"]["resourceVersion"].text())});
  }
  return {};
}

void Cluster::nudge(const std::vector<kube::PodRef>& pods) {
  Writes writes;
  for (const auto& pod : pods) writes.push_back(mesh::refreshPod(pod, clock_.now()));
  (void)api_.writeAll(writes);
}

base::Status Cluster::holdLease(bool checkNow) {
  return lease_.hold(checkNow);
}

}  // namespace rotate
