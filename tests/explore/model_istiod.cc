#include "explore/moves.h"

namespace explore {

/// M/pilot/pkg/bootstrap/istio_ca.go:354-367: equal bytes always; else with the multi-root setting, and only
/// if one contains the other.
bool Model::Moves::accepts(const Replica& replica) const {
  if (replica.volume == 0) return false;  // "failed reading root-cert.pem": memory is kept (:345-349)
  const auto& has = pool_.at(replica.loaded);
  const auto& gets = pool_.at(replica.volume);
  return has.bundle == gets.bundle || pool_.related(has.bundle, gets.bundle);
}

/// M/pilot/pkg/bootstrap/certcontroller.go:205-227: with each load the serving certificate is made again.
void Model::Moves::load(Replica& replica, ContentId content) const {
  replica.loaded = content;
  if (replica.served == Served::same) replica.served = Served::other;
  for (auto& seen : replica.seen) {
    if (seen == Served::same) seen = Served::other;
  }
}

/// M/pilot/pkg/bootstrap/istio_ca.go:501-570: a pod that starts takes the CA secret as it is now; without one
/// it is self-signed, from istio-ca-secret (M/security/pkg/pki/ca/ca.go:151-214).
Replica Model::Moves::started(const Replica& before) const {
  Replica pod;
  pod.up = 1;
  pod.plugged = now_.secret != 0;
  pod.loaded = now_.secret != 0 ? now_.secret : pool_.selfSigned();
  pod.volume = now_.secret;
  pod.fresh = now_.secret != 0;
  pod.outdated = before.up ? before.outdated : 0;
  return pod;
}

void Model::Moves::istiod(std::uint8_t who) {
  const auto& replica = now_.replicas[who];
  // The kubelet brings the secret to the volume at its own time, and may miss what is there only for a while
  // (kubernetes.io, "Secrets": sync period plus the delay of its cache).
  if (replica.volume != now_.secret) {
    to(Move::Kind::volume, who).replicas[who].volume = now_.secret;
  }
  // Only a plugged-in istiod watches it (istio_ca.go:541-563); 100 ms after an event (:432-441).
  if (replica.plugged && replica.volume != replica.loaded && accepts(replica)) {
    load(to(Move::Kind::reload, who).replicas[who], replica.volume);
  }
  if (replica.outdated) {
    auto& pod = to(Move::Kind::rollout, who).replicas[who];
    pod = started(replica);
    pod.outdated = 0;
  }
  // Each replica watches config maps and webhooks and writes its own bundle where it finds another
  // (M/pilot/pkg/serviceregistry/kube/controller/namespacecontroller.go:166-175, by the leader, which may be
  // any; M/pkg/webhooks/webhookpatch.go:128-158, by each).
  const auto bundle = pool_.at(replica.loaded).bundle;
  if (now_.distributed != bundle) to(Move::Kind::distribute, who).distributed = bundle;
}

void Model::Moves::istiodSurprises(std::uint8_t who) {
  const auto& replica = now_.replicas[who];
  if (!replica.up) {
    const bool slot = options_.autoscaled && who <= options_.replicas;
    if (slot && who < mostReplicas) surprise(Move::Kind::scaleUp, who).replicas[who] = started(replica);
    return;
  }
  int up = 0;
  for (const auto& each : now_.replicas) up += each.up;
  if (options_.autoscaled && up > 1) surprise(Move::Kind::scaleDown, who).replicas[who] = Replica{};
  if (options_.evictions) {
    const auto pod = started(replica);
    if (pod != replica) surprise(Move::Kind::evict, who).replicas[who] = pod;
  }
  // The container alone: same pod, same volume, which is read anew.
  if (options_.crashes) {
    auto& pod = surprise(Move::Kind::crash, who).replicas[who];
    pod.plugged = replica.volume != 0;
    load(pod, replica.volume != 0 ? replica.volume : pool_.selfSigned());
  }
  if (options_.rereads && replica.plugged && replica.served == Served::same)
    load(surprise(Move::Kind::reread, who).replicas[who], replica.loaded);
}

}  // namespace explore
