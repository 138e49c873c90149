// What a kubelet does with the volumes of its pods.
#include <algorithm>

#include "rehearsal/kubelet_worker.h"
#include "rehearsal/objects.h"
#include "rehearsal/volumes.h"

namespace rehearsal {
namespace {

constexpr base::Millis firstMountRetry{500}, lastMountRetry{122'000};  // kubernetes: exponentialbackoff.go

}  // namespace

base::Status Kubelet::readVolumes(Worker& worker, const json::Value& pod) {
  const auto look = [&](const Key& source) -> Object {
    const auto place = std::pair(worker.node, source);
    if (const auto found = frozen_.find(place); found != frozen_.end()) {
      found->second.users.insert(worker.key);
      return found->second.object;
    }
    auto object = store_.get(source);
    if (object && (*object)["immutable"].boolean().value_or(false)) frozen_[place] = {object, {worker.key}};
    return object;
  };
  TRY_ASSIGN(worker.files, mountedFiles(pod, look, simulation_.now()));
  return {};
}

void Kubelet::forgetVolumes(const Worker& worker, const json::Value& pod) {
  for (const auto& source : volumeSources(pod)) {
    if (const auto found = mounts_.find(source); found != mounts_.end()) {
      found->second.erase(worker.key);
      if (found->second.empty()) mounts_.erase(found);
    }
    const auto frozen = frozen_.find({worker.node, source});
    if (frozen == frozen_.end()) continue;
    frozen->second.users.erase(worker.key);
    if (frozen->second.users.empty()) frozen_.erase(frozen);
  }
}

void Kubelet::mount(Worker& worker) {
  const auto pod = store_.get(worker.key);
  if (!pod || worker.ending) return;
  if (!readVolumes(worker, *pod)) {
    if (worker.mountTries == 0) report(worker);  // ContainerCreating is all that one sees
    const auto wait = firstMountRetry * (1 << std::min(worker.mountTries++, 8));
    later(worker, std::min(wait, lastMountRetry), &Kubelet::mount);
    return;
  }
  worker.mounted = true;
  worker.nextSync = simulation_.elapsed() + simulation_.between(pace_.sync, pace_.sync * 3 / 2);
  later(worker, simulation_.between(pace_.startLeast / 2, pace_.startMost / 2), &Kubelet::start);
}

base::Millis Kubelet::untilSync(Worker& worker) {
  const auto now = simulation_.elapsed();
  if (pace_.sync.count() <= 0) return base::Millis(0);
  const auto longest = pace_.sync * 3 / 2;
  // Nobody has asked for long: any moment of its rhythm.
  if (worker.nextSync + 4 * longest < now)
    worker.nextSync = now + simulation_.between(base::Millis(0), longest);
  while (worker.nextSync <= now) worker.nextSync += simulation_.between(pace_.sync, longest);
  return worker.nextSync - now;
}

void Kubelet::planRefresh(Worker& worker) {
  if (worker.refreshPlanned || !worker.mounted) return;
  worker.refreshPlanned = true;
  const auto& slow = faultsOf(worker).refreshAfter;
  const auto delay = !slow ? untilSync(worker) : *slow == PodFaults::never ? pace_.sync : *slow;
  later(worker, delay, &Kubelet::refreshAsPlanned);
}

void Kubelet::refreshAsPlanned(Worker& worker) {
  worker.refreshPlanned = false;
  if (faultsOf(worker).refreshAfter == PodFaults::never) {
    planRefresh(worker);  // until someone takes the fault away
  } else {
    refresh(worker);
  }
}

void Kubelet::refreshWithSync(Worker& worker) {
  if (faultsOf(worker).refreshAfter) return;
  worker.nextSync = simulation_.elapsed() + simulation_.between(pace_.sync, pace_.sync * 3 / 2);
  refresh(worker);
}

void Kubelet::refresh(Worker& worker) {
  const auto pod = store_.get(worker.key);
  if (!pod || !worker.mounted) return;
  const auto before = worker.files;
  // What cannot be read leaves the files as they are, and is tried again with the next sync.
  if (!readVolumes(worker, *pod)) return planRefresh(worker);
  if (worker.files != before && worker.program) worker.program->refreshed(worker.files);
}

}  // namespace rehearsal
