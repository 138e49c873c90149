#include "rotate/held_up.h"

#include "trust/subjects.h"

namespace rotate {

std::vector<kube::PodRef> heldUp(const trust::Observation& mesh, const plan::Decision& decision) {
  const auto subjects = decision.blockedSubjects();
  std::vector<kube::PodRef> pods;
  const bool allIstiods = decision.towards >= plan::Stage::newLeaves;
  for (const auto& istiod : mesh.istiods) {
    if (!istiod.terminating && (allIstiods || subjects.contains(trust::subjectOf(istiod)))) {
      pods.push_back({istiod.ns, istiod.pod});
    }
  }
  if (!decision.mounts) return pods;
  for (const auto& proxy : mesh.proxies) {
    if (!proxy.terminating && subjects.contains(trust::subjectOf(proxy)))
      pods.push_back({proxy.ns, proxy.pod});
  }
  return pods;
}

}  // namespace rotate
