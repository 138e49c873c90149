#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "json/value.h"

namespace rehearsal {

/// What a kubelet knows about the containers of one pod. One of them is the interesting one, with a story of
/// its own; the others run since the pod started.
struct PodState {
  enum class Container { creating, running, crashed, backOff, ended };
  Container container = Container::creating;
  std::string name;  // of the interesting container
  bool ready = false;
  base::Time started{};       // the pod
  base::Time containersAt{};  // the other containers
  base::Time runsSince{};
  std::int64_t restarts = 0;
  base::Seconds backOff{0};
  struct Ended {
    base::Time started{}, finished{};
    int exitCode = 0;
    std::string message{};
  };
  std::optional<Ended> last{};
  std::string podIp{}, hostIp{};
};

/// The container that a program runs in: istio-proxy (a native sidecar too), else istiod's discovery, else
/// the first.
std::string programContainer(const json::Value& pod);

/// The status of a pod that is not started yet: scheduled if it has a node.
json::Value pendingStatus(const json::Value& pod);

/// A pod's status as a kubelet reports it. Times of conditions that stay are those of the pod's status so
/// far.
json::Value podStatus(const json::Value& pod, const PodState& state, base::Time now);

}  // namespace rehearsal
