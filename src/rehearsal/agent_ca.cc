// An agent's connection for certificates, and what it gives to its Envoy.

#include <random>

#include "rehearsal/agent.h"
#include "rehearsal/istiod.h"

namespace rehearsal {

namespace {

constexpr base::Millis youngest{27 * 60'000}, oldest{33 * 60'000};  // as of the other connection
constexpr int mostTries = 5;  // pkg/security/retry.go:31-36: after 100 ms, doubled up to 1.6 s
constexpr base::Millis firstRetry{100};
constexpr double grace = 0.5,
                 jitter = 0.01;  // SECRET_GRACE_PERIOD_RATIO and its jitter (options.go:76,82,85)

}  // namespace

/// The istiod that answers requests: the one that it is connected to, verified only when that began.
Istiod* Agent::caConnection() {
  const auto now = mesh_.simulation.elapsed();
  auto* present = ca_.istiod == 0 || now >= ca_.until ? nullptr : mesh_.istiod(ca_.istiod);
  if (present != nullptr && !present->draining()) return present;
  auto* istiod = reach(*caPool_);
  ca_ = {};
  if (istiod != nullptr)
    ca_ = {istiod->id(), ++connections_, now + mesh_.simulation.between(youngest, oldest)};
  return istiod;
}

void Agent::requestSoon(base::Millis least, base::Millis most) {
  if (requesting_) return;
  requesting_ = true;
  timers_.within(least, most, [this] { request(0); });
}

/// A client that fails is made anew, with the roots that are mounted now (citadel/client.go:93-105,156-169).
/// Envoy keeps what it has meanwhile, and asks again.
void Agent::request(int tries) {
  requesting_ = false;
  if (draining_ || (leaf_ && mesh_.knobs.idleAgents.contain(ns_, pod_))) return;
  const auto* istiod = caConnection();
  const auto signer =
      istiod == nullptr ? base::fail({base::Kind::unavailable, "no istiod"}) : istiod->signer();
  if (signer) return certified(*signer);
  caPool_ = mounted_;
  requesting_ = true;
  if (tries < mostTries) {
    timers_.after(firstRetry * (1 << tries), [this, tries] { request(tries + 1); });
  } else {
    timers_.within(base::Millis(2'000), base::Millis(15'000), [this] { request(0); });
  }
}

/// secretcache.go:301-320,845: ROOTCA is pushed again where the answer's last element is another one.
void Agent::certified(const SharedCa& signer) {
  const bool otherRoots = !answered_ || *answered_ != *signer->roots;
  leaf_ = std::make_shared<const Leaf>(signer, spiffeId_, mesh_.simulation.now());
  mesh_.leafMaker.make(leaf_);
  answered_ = signer->roots;
  pushCertificate();
  if (otherRoots) pushRoots();
  renewLater();
}

void Agent::renewLater() {
  std::uniform_real_distribution<double> around(grace - jitter, grace + jitter);
  const auto wait = base::Millis(
      std::int64_t(double(base::Millis(Leaf::life).count()) * (1 - around(mesh_.simulation.random()))));
  timers_.after(wait, [this, number = ++renewals_] {
    if (number == renewals_) requestSoon(base::Millis(0), base::Millis(200));
  });
}

/// Each secret has a stream of its own (security/pkg/nodeagent/sds/sdsservice.go): either may come first.
void Agent::pushCertificate() {
  timers_.within(base::Millis(5), base::Millis(300), [this, leaf = leaf_] {
    if (leaf != leaf_) return;  // a newer one is on its way
    envoy_.take(leaf, mesh_.simulation.now(), mesh_.simulation.elapsed());
    if (mesh_.changed) mesh_.changed();
  });
}

void Agent::pushRoots() {
  timers_.within(base::Millis(5), base::Millis(300), [this] {
    if (!answered_) return;  // comes with the first certificate
    envoy_.take(mesh_.roots.merged(heard_, answered_), mesh_.simulation.now(), mesh_.simulation.elapsed());
    if (mesh_.changed) mesh_.changed();
  });
}

}  // namespace rehearsal
