#include "rehearsal/kubelet.h"

#include <fmt/format.h>

#include "rehearsal/kubelet_worker.h"
#include "rehearsal/objects.h"
#include "rehearsal/volumes.h"

namespace rehearsal {

using json::Value;

Kubelet::Kubelet(Simulation& simulation, Store& store, Programs& programs)
    : simulation_(simulation), store_(store), programs_(programs) {
  store.listen([this](const Change& change) { see(change); });
  probeAll();
}

Kubelet::~Kubelet() = default;

void Kubelet::see(const Change& change) {
  if (!change.key.group.empty()) return;
  if (change.key.plural == "pods") return seePod(change);
  const auto found = mounts_.find(change.key);
  if (found == mounts_.end()) return;
  for (const auto& pod : found->second) {
    const auto worker = workers_.find(pod);
    if (worker != workers_.end()) planRefresh(*worker->second);
  }
}

void Kubelet::seePod(const Change& change) {
  const auto& pod = *change.object;
  if (change.kind == Change::Kind::removed) return retire(change);
  const auto found = workers_.find(change.key);
  if (found == workers_.end()) {
    if (!pod["spec"]["nodeName"].text().empty()) adopt(change.key, pod);
    return;
  }
  auto& worker = *found->second;
  if (terminating(pod)) {
    const auto& grace = pod["metadata"]["deletionGracePeriodSeconds"];
    const bool shorter =
        change.before && !(grace == (*change.before)["metadata"]["deletionGracePeriodSeconds"]);
    if (!worker.ending || shorter) later(worker, base::Millis(0), &Kubelet::terminate);
  } else if (change.before &&
             !(pod["metadata"]["annotations"] == (*change.before)["metadata"]["annotations"])) {
    later(worker, simulation_.between(base::Millis(100), base::Millis(500)), &Kubelet::refreshWithSync);
  }
}

void Kubelet::adopt(const Key& key, const Value& pod) {
  auto worker = std::make_unique<Worker>();
  worker->key = key;
  worker->uid = uidOf(pod);
  worker->node = pod["spec"]["nodeName"].text();
  worker->state.name = programContainer(pod);
  worker->state.started = simulation_.now();
  worker->state.hostIp = addressOf(worker->node);
  ++addresses_;
  worker->state.podIp = fmt::format("10.244.{}.{}", addresses_ / 250 % 250, addresses_ % 250 + 1);
  for (const auto& source : volumeSources(pod)) mounts_[source].insert(key);
  later(*worker, simulation_.between(pace_.startLeast / 2, pace_.startMost / 2), &Kubelet::mount);
  workers_[key] = std::move(worker);
}

void Kubelet::retire(const Change& change) {
  const auto found = workers_.find(change.key);
  if (found == workers_.end() || found->second->uid != uidOf(*change.object)) return;
  forgetVolumes(*found->second, *change.object);
  unready_.erase(change.key);
  // Its program may be who is at work just now.
  std::shared_ptr<Worker> worker = std::move(found->second);
  workers_.erase(found);
  simulation_.after(base::Millis(0), [worker] { worker->program.reset(); });
}

void Kubelet::later(Worker& worker, base::Millis delay, void (Kubelet::*event)(Worker&)) {
  simulation_.after(delay, [this, key = worker.key, uid = worker.uid, event] {
    const auto found = workers_.find(key);
    if (found != workers_.end() && found->second->uid == uid) (this->*event)(*found->second);
  });
}

const PodFaults& Kubelet::faultsOf(const Worker& worker) const {
  static const PodFaults none;
  const auto found = faults_.find({worker.key.ns, worker.key.name});
  return found == faults_.end() ? none : found->second;
}

std::string Kubelet::addressOf(const std::string& node) const {
  const auto* object = store_.find({"", "nodes", "", node});
  if (object == nullptr) return "192.168.0.1";
  for (const auto& address : (*object)["status"]["addresses"].items()) {
    if (address["type"].text() == "InternalIP") return std::string(address["address"].text());
  }
  return "192.168.0.1";
}

}  // namespace rehearsal
