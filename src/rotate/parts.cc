#include "rotate/parts.h"

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "trust/subjects.h"

namespace rotate {

namespace {

using plan::Decision;

constexpr std::size_t sample = 100;

std::unordered_set<std::string> subjectsOf(const trust::Observation& mesh) {
  std::unordered_set<std::string> subjects;
  for (const auto& proxy : mesh.proxies) subjects.insert(trust::subjectOf(proxy));
  return subjects;
}

}  // namespace

bool isRestart(const plan::Action& action) {
  return std::holds_alternative<plan::RestartWorkloads>(action) ||
         std::holds_alternative<plan::RestartIstiod>(action);
}

mesh::Part partAfter(const plan::Action& action) {
  using Names = std::set<std::string>;
  if (std::holds_alternative<plan::UpdateCaSecret>(action) || std::holds_alternative<plan::BackUpCa>(action))
    return mesh::Part{.namespaces = Names(), .proxies = Names()};
  // While a batch of workloads restarts, the pods of their namespaces are read, and all others when it has.
  mesh::Part part{.namespaces = Names(), .streams = false};
  if (const auto* restart = std::get_if<plan::RestartWorkloads>(&action)) {
    for (const auto& workload : restart->workloads) part.namespaces->insert(workload.ns);
  }
  return part;
}

void narrow(mesh::Part& part, const Decision& decision, const trust::Observation& mesh,
            const std::set<trust::Workload>& restarted) {
  if (part.streams) return;
  const auto subjects = decision.blockedSubjects();
  bool anyProxy = false;
  std::set<std::string> left;
  for (const auto& proxy : mesh.proxies) {
    if (left.contains(proxy.ns) || !subjects.contains(trust::subjectOf(proxy))) continue;
    anyProxy = true;
    if (restarted.contains(proxy.workload)) left.insert(proxy.ns);
  }
  const bool istiodsAlone = part.namespaces && part.namespaces->empty() && !anyProxy;
  if (!istiodsAlone) part.namespaces = left.empty() ? std::nullopt : std::optional(std::move(left));
}

bool widen(mesh::Part& part, const Decision& decision) {
  if (part.streams || !part.namespaces || !decision.byObjects) return false;
  const auto* restart = decision.step ? std::get_if<plan::RestartWorkloads>(&decision.step->action) : nullptr;
  if (restart == nullptr || decision.kind != Decision::Kind::act) {
    part.namespaces.reset();
    return true;
  }
  const auto known = part.namespaces->size();
  for (const auto& workload : restart->workloads) part.namespaces->insert(workload.ns);
  return part.namespaces->size() > known;
}

std::optional<mesh::Part> partFor(const Decision& decision, const trust::Observation& mesh) {
  if (decision.kind == Decision::Kind::done || decision.kind == Decision::Kind::blocked) return std::nullopt;
  if (decision.byObjects) return mesh::Part{.streams = false};
  if (decision.kind != Decision::Kind::wait) return std::nullopt;
  const auto subjects = decision.blockedSubjects();
  const auto blocked = [&](const trust::Proxy& proxy) { return subjects.contains(trust::subjectOf(proxy)); };
  const auto missing = std::size_t(std::count_if(mesh.proxies.begin(), mesh.proxies.end(), blocked));
  const bool most = missing * 2 > mesh.proxies.size();
  if (most && missing <= sample) return std::nullopt;
  std::set<std::string> proxies, namespaces;
  for (const auto& proxy : mesh.proxies) {
    if (!blocked(proxy)) continue;
    if (most && proxies.size() == sample) break;
    proxies.insert(trust::subjectOf(proxy));
    namespaces.insert(proxy.ns);
  }
  return mesh::Part{
      .namespaces = std::move(namespaces), .proxies = std::move(proxies), .mountsAlone = decision.mounts};
}

mesh::Part mountsAlone() {
  return {.namespaces = std::set<std::string>(), .mountsAlone = true};
}

bool waitsSurely(const Decision& decision, const trust::Observation& mesh, const mesh::Part& part) {
  if (decision.kind != Decision::Kind::wait) return false;
  if (decision.byObjects) return true;
  if (!part.streams) return false;
  const auto all = subjectsOf(mesh);
  const auto blockers = decision.blockers();
  return std::any_of(blockers.begin(), blockers.end(), [&](const trust::Blocker& blocker) {
    const bool asked = part.proxies ? part.proxies->contains(blocker.subject) : part.mountsAlone;
    const bool read = asked && part.mountsAlone <= decision.mounts;
    return read || !all.contains(blocker.subject);
  });
}

}  // namespace rotate
