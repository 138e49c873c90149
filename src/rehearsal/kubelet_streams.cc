// Connections into pods and commands in their containers, with errors in the words of a kubelet.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "rehearsal/kubelet_worker.h"
#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

/// Takes everything and says nothing.
class SilentEnd final : public PortEnd {
 public:
  std::string feed(std::string_view) override { return {}; }
  [[nodiscard]] bool closed() const override { return false; }
};

bool hasContainer(const Value& pod, std::string_view name) {
  for (const auto* list : {"containers", "initContainers", "ephemeralContainers"}) {
    for (const auto& container : pod["spec"][list].items()) {
      if (container["name"].text() == name) return true;
    }
  }
  return false;
}

bool containerRuns(const Value& pod, std::string_view name) {
  for (const auto* list : {"containerStatuses", "initContainerStatuses"}) {
    for (const auto& status : pod["status"][list].items()) {
      if (status["name"].text() == name) return status["state"].has("running");
    }
  }
  return false;
}

/// Which one is meant where none is named (kubectl.kubernetes.io/default-container, else the first).
std::string defaultContainer(const Value& pod) {
  const auto named = pod["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"].text();
  if (hasContainer(pod, named)) return std::string(named);
  const auto& containers = pod["spec"]["containers"].items();
  return containers.empty() ? "" : std::string(containers.front()["name"].text());
}

}  // namespace

base::Result<Kubelet::Worker*> Kubelet::reach(const std::string& ns, const std::string& pod) const {
  const auto* object = store_.find(podKey(ns, pod));
  if (object == nullptr) return base::fail({base::Kind::notFound, fmt::format("pods \"{}\" not found", pod)});
  const auto found = workers_.find(podKey(ns, pod));
  if (found == workers_.end())
    return base::fail({base::Kind::usage, fmt::format("pod {} does not have a host assigned", pod)});
  if (faultsOf(*found->second).answer == PodFaults::Answer::unreachable) {
    return base::fail(
        {base::Kind::unavailable,
         fmt::format("error dialing backend: dial tcp {}:10250: i/o timeout", found->second->state.hostIp)});
  }
  return found->second.get();
}

base::Result<std::unique_ptr<PortEnd>> Kubelet::connect(const std::string& ns, const std::string& pod,
                                                        int port) {
  TRY_ASSIGN(const auto* worker, reach(ns, pod));
  const auto answer = faultsOf(*worker).answer;
  if (answer == PodFaults::Answer::hangs) return std::make_unique<SilentEnd>();
  if (worker->state.container == PodState::Container::creating)
    return base::fail({base::Kind::unavailable, fmt::format("pod not found (\"{}_{}\")", pod, ns)});
  if (worker->program && answer == PodFaults::Answer::asUsual) return worker->program->connect(port);
  return base::fail(
      {base::Kind::failed,
       fmt::format("error forwarding port {0} to pod {1}, uid : failed to execute portforward in network "
                   "namespace \"/var/run/netns/cni-{2}\": failed to connect to localhost:{0} inside "
                   "namespace \"{1}\", IPv4: dial tcp4 127.0.0.1:{0}: connect: connection refused IPv6 dial "
                   "tcp6 [::1]:{0}: connect: connection refused",
                   port, base::sha256Hex(worker->uid), worker->uid)});
}

base::Result<ExecResult> Kubelet::execute(const std::string& ns, const std::string& pod,
                                          const std::string& container,
                                          const std::vector<std::string>& command) {
  TRY_ASSIGN(const auto* worker, reach(ns, pod));
  const auto object = store_.get(worker->key);
  const auto name = container.empty() ? defaultContainer(*object) : container;
  if (!hasContainer(*object, name)) {
    return base::fail({base::Kind::usage, fmt::format("container {} is not valid for pod {}", name, pod)});
  }
  if (!containerRuns(*object, name))
    return base::fail({base::Kind::unavailable, fmt::format("container not found (\"{}\")", name)});
  if (faultsOf(*worker).answer != PodFaults::Answer::asUsual)
    return base::fail({base::Kind::unavailable, "context deadline exceeded"});
  if (worker->program) return worker->program->execute(name, command);
  return base::fail({base::Kind::failed,
                     fmt::format("OCI runtime exec failed: exec failed: unable to start container process: "
                                 "exec: \"{}\": executable file not found in $PATH: unknown",
                                 command.empty() ? "" : command.front())});
}

std::vector<std::string> Kubelet::log(const std::string& ns, const std::string& pod,
                                      const std::string& container) const {
  const auto found = workers_.find(podKey(ns, pod));
  if (found == workers_.end() || !found->second->program || found->second->state.name != container) return {};
  return found->second->program->log();
}

Program* Kubelet::programIn(const std::string& ns, const std::string& pod) const {
  const auto found = workers_.find(podKey(ns, pod));
  return found == workers_.end() ? nullptr : found->second->program.get();
}

}  // namespace rehearsal
