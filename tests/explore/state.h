#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "explore/pool.h"

namespace explore {

constexpr std::size_t mostReplicas = 3, mostProxies = 3, mostOperators = 2;

/// What our annotation on the CA secret says of a replica's present serving certificate.
enum class Served : std::uint8_t {
  unlisted,  // the pod is not in it
  same,      // it is the one that is listed: not loaded since the write
  other,     // another one is listed
};

/// One istiod pod. All of a state's fields are single bytes, so that a state is a value of bytes.
struct Replica {
  std::uint8_t up = 0;
  std::uint8_t plugged = 0;   // started with a CA secret: watches it (istio_ca.go:541-563)
  ContentId loaded = 0;       // what it signs with and hands out
  ContentId volume = 0;       // what its kubelet has mounted; 0: nothing
  std::uint8_t fresh = 0;     // the pod was started after the last write of the CA secret
  std::uint8_t outdated = 0;  // its pod template is not the Deployment's any more
  Served served = Served::unlisted;
  /// The same as `served`, for the annotation that each operator is about to write.
  std::array<Served, mostOperators> seen{};
  std::uint8_t unread = 0;  // a bit for each operator that has listed the pod and not read it yet
  auto operator<=>(const Replica&) const = default;
};

/// One proxy with its agent.
struct Proxy {
  std::uint8_t up = 0;
  std::uint8_t setting = 0;  // PROXY_CONFIG_XDS_AGENT
  std::uint8_t asked = 0;    // its workload has been asked to restart
  Ca leaf = Ca::old;
  BundleId heard = 0;       // bytes of the last bundle that came with the configuration (PCDS)
  BundleId answered = 0;    // bytes of the bundle that came with the last certificate
  RootSet held = 0;         // what Envoy holds as ROOTCA
  BundleId mounted = 0;     // the config map as it is mounted in the pod
  std::uint8_t unread = 0;  // as a replica's
  std::uint8_t due = 0;     // the agent has dropped its certificate and will ask for another
  auto operator<=>(const Proxy&) const = default;
};

/// One run of our program: has it decided on something that is not written yet?
struct Operator {
  std::uint8_t up = 0;
  std::uint8_t intent = 0;   // what (Intents); 0: nothing
  std::uint8_t stale = 0;    // the CA secret was written since it was read
  std::uint8_t before = 0;   // what the look before this one decided on
  std::uint8_t awaited = 0;  // what was listed and is not read yet
  std::array<std::uint8_t, 2>
      look{};  // number of what was read so far (Looks), low byte first; 0: not looking
  auto operator<=>(const Operator&) const = default;
};

struct State {
  ContentId secret = 0;        // cacerts
  std::uint8_t triggers = 0;   // annotation istio-ca/triggers
  std::uint8_t annotated = 0;  // annotation istio-ca/served-before is there
  RootSet removed = 0;         // annotation istio-ca/removed
  std::uint8_t marked = 0;     // the istiod Deployment was restarted for the present version of the secret
  std::uint8_t backup = 0;     // the old CA is kept in a secret of ours
  ContentId gap = 0;           // deleted, about to be created again with this (only where the rule is off)
  BundleId distributed = 0;    // config maps and webhooks
  std::uint8_t back = 0;       // the user wants to go back
  std::uint8_t surprises = 0;  // events so far that count against the bound
  std::array<Replica, mostReplicas> replicas{};
  std::array<Proxy, mostProxies> proxies{};
  std::array<Operator, mostOperators> operators{};
  auto operator<=>(const State&) const = default;
};
static_assert(sizeof(State) == 10 + 10 * mostReplicas + 10 * mostProxies + 7 * mostOperators);

/// The same state with replicas and proxies in one order: which of them is which makes no difference.
State canonical(State state);
std::uint64_t hashOf(const State& state);

}  // namespace explore
