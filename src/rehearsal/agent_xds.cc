// An agent's connection for configuration, over which it hears of roots too.

#include <algorithm>

#include "rehearsal/agent.h"
#include "rehearsal/istiod.h"

namespace rehearsal {

namespace {

constexpr base::Millis youngestStream{27 * 60'000},
    oldestStream{33 * 60'000};  // --keepaliveMaxServerConnectionAge 30m, +-10 %
constexpr std::uint64_t mostDoublings = 5;
constexpr base::Millis firstBackoff{500};

}  // namespace

/// The mounted roots are read anew for each connection (pkg/istio-agent/agent.go:423-432,
/// xds_proxy.go:349-353).
void Agent::connectXds() {
  if (xds_.istiod != 0 || draining_) return;
  const auto* istiod = reach(*mounted_);
  if (istiod == nullptr) {
    const auto wait = firstBackoff * (1U << std::min(backoff_++, mostDoublings));
    return reconnectXds(wait / 2, wait);
  }
  backoff_ = 0;
  xds_ = {istiod->id(), ++connections_, {}};
  timers_.within(youngestStream, oldestStream, [this, number = xds_.number] {
    if (xds_.number != number) return;
    xds_ = {};
    reconnectXds(base::Millis(10), base::Millis(1000));
  });
  timers_.within(base::Millis(50), base::Millis(400), [this] {
    const bool first = !configured_;
    configured_ = true;
    if (first && mesh_.changed) mesh_.changed();
  });
  told(istiod->id());  // it subscribes with Envoy's first request of a stream (xds_proxy.go:427-431)
}

void Agent::reconnectXds(base::Millis least, base::Millis most) {
  timers_.within(least, most, [this] { connectXds(); });
}

void Agent::told(std::uint64_t istiod) {
  if (!listens_ || xds_.istiod != istiod) return;
  timers_.within(base::Millis(50), base::Millis(1200), [this, istiod, number = xds_.number] {
    if (xds_.number == number) hear(istiod);
  });
}

/// security/pkg/nodeagent/cache/secretcache.go:1120-1134: nothing for equal bytes; else ROOTCA goes to Envoy,
/// the certificate is dropped, and another one asked for. The first bundle after a start is another one too.
void Agent::hear(std::uint64_t from) {
  const auto* istiod = mesh_.istiod(from);
  if (istiod == nullptr || mesh_.knobs.deafAgents.contain(ns_, pod_)) return;
  auto bundle = istiod->pushedRoots();
  if (!bundle || (heard_ && *heard_ == *bundle)) return;
  heard_ = std::make_shared<const std::string>(*std::move(bundle));
  pushRoots();
  requestSoon(base::Millis(10), base::Millis(400));
}

}  // namespace rehearsal
