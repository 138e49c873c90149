#include "plan/restarts.h"

#include <algorithm>

#include "base/text.h"
#include "trust/subjects.h"

namespace plan {

namespace {

bool restartable(const trust::Workload& workload) {
  return workload.kind == "Deployment" || workload.kind == "StatefulSet" || workload.kind == "DaemonSet";
}

std::string whyImpossible(const trust::Proxy& proxy) {
  if (!proxy.xdsAgentWanted)
    return "its own proxy.istio.io/config annotation turns PROXY_CONFIG_XDS_AGENT off";
  return "belongs to " + proxy.workload.kind + " " + proxy.workload.name +
         ", which cannot be asked to restart: wait until it has ended, or delete it";
}

void addRestarted(trust::Answer& answer, const trust::Proxy& proxy) {
  ++answer.of;
  if (proxy.xdsAgent && proxy.ready && !proxy.terminating) {
    ++answer.holds;
    return;
  }
  answer.blockers.push_back({trust::Blocker::Kind::no, trust::subjectOf(proxy),
                             proxy.terminating ? "is terminating"
                             : proxy.xdsAgent  ? "is not ready"
                                               : "is from before"});
}

}  // namespace

Restarts findRestarts(const trust::Observation& observation, const std::set<trust::Workload>& asked,
                      const std::function<bool(const trust::Proxy&)>& concerned) {
  Restarts found;
  found.done.predicate = "every restarted pod is new and ready";
  for (const auto& proxy : observation.proxies) {
    if (asked.contains(proxy.workload)) {
      addRestarted(found.done, proxy);
      continue;
    }
    if (proxy.xdsAgent || proxy.terminating || proxy.managedGateway || !concerned(proxy)) continue;
    if (!proxy.xdsAgentWanted || !restartable(proxy.workload)) {
      found.impossible.push_back({trust::Blocker::Kind::no, trust::subjectOf(proxy), whyImpossible(proxy)});
    } else if (std::find(found.due.begin(), found.due.end(), proxy.workload) == found.due.end()) {
      found.due.push_back(proxy.workload);
    }
  }
  return found;
}

std::vector<trust::Workload> firstBatch(const trust::Observation& observation,
                                        std::vector<trust::Workload> due) {
  std::set<trust::Workload> all;
  for (const auto& proxy : observation.proxies) all.insert(proxy.workload);
  const auto batch = std::max<std::size_t>(10, all.size() / 10);
  if (due.size() > batch) due.resize(batch);
  return due;
}

std::string nameAll(const std::vector<trust::Workload>& workloads) {
  std::vector<std::string> names;
  for (const auto& workload : workloads)
    names.push_back(workload.kind + " " + workload.ns + "/" + workload.name);
  return base::join(names, ", ");
}

}  // namespace plan
