#include "rehearsal/fault_effects.h"

#include <array>

#include "rehearsal/autoscaler.h"

namespace rehearsal {

namespace {

// A moment after a change of the CA secret, when kubelets and istiods are at it.
constexpr base::Millis aMoment{1500};
constexpr std::string_view otherOperator = "argocd-controller";

bool isIstiod(const json::Value& pod) {
  return pod["metadata"]["labels"]["app"].text() == "istiod";
}

std::pair<std::string, std::string> split(const std::string& name) {
  const auto slash = name.find('/');
  return {name.substr(0, slash), name.substr(slash + 1)};
}

}  // namespace

FaultEffects::FaultEffects(Simulation& simulation, Store& store, Kubelet& kubelet, Knobs& knobs,
                           const Shape& shape)
    : simulation_(simulation), store_(store), kubelet_(kubelet), knobs_(knobs), ns_(shape.istioNamespace) {}

void FaultEffects::begin(const std::vector<Fault>& faults) {
  for (const auto& fault : faults) begin(fault);
  if (ofSecret_.empty()) return;
  store_.listen([this](const Change& change) { onSecret(change); });
}

void FaultEffects::begin(const Fault& fault) {
  if (fault.is("silent-proxy")) {
    eachPod([this, name = fault.argument](const json::Value& pod) { cutOff(pod, name); });
  } else if (fault.is("deaf-proxy")) {
    knobs_.deafAgents.add(fault.argument);
  } else if (fault.is("idle-proxy")) {
    knobs_.idleAgents.add(fault.argument);
  } else if (fault.is("slow-kubelet")) {
    eachPod([this, late = fault.duration()](const json::Value& pod) { slowDown(pod, late); });
  } else if (fault.is("api-errors")) {
    apiErrors_ = fault.number();
  } else if (fault.is("lost-answers")) {
    lostAnswers_ = fault.number();
  } else {
    ofSecret_.push_back(fault);
  }
}

void FaultEffects::eachPod(std::function<void(const json::Value&)> effect) {
  for (const auto* pod : store_.list("", "pods", "")) effect(*pod);
  store_.listen([effect = std::move(effect)](const Change& change) {
    if (change.kind == Change::Kind::added && change.key.plural == "pods") effect(*change.object);
  });
}

void FaultEffects::slowDown(const json::Value& pod, base::Millis refreshAfter) {
  const auto& metadata = pod["metadata"];
  kubelet_.faults(std::string(metadata["namespace"].text()), std::string(metadata["name"].text()))
      .refreshAfter = refreshAfter;
}

/// If it is one of that workload's.
void FaultEffects::cutOff(const json::Value& pod, const std::string& workload) {
  const auto& metadata = pod["metadata"];
  const auto [ns, name] = split(workload);
  if (metadata["namespace"].text() != ns || metadata["labels"]["app"].text() != name) return;
  kubelet_.faults(ns, std::string(metadata["name"].text())).answer = PodFaults::Answer::unreachable;
}

std::string FaultEffects::firstIstiod() const {
  for (const auto* pod : store_.list("", "pods", ns_)) {
    const auto& metadata = (*pod)["metadata"];
    if (isIstiod(*pod) && !metadata.has("deletionTimestamp")) return std::string(metadata["name"].text());
  }
  return {};
}

void FaultEffects::onSecret(const Change& change) {
  if (change.key != Key{"", "secrets", ns_, "cacerts"}) return;
  for (const auto& fault : ofSecret_) onSecret(fault, change);
}

void FaultEffects::onSecret(const Fault& fault, const Change& change) {
  const bool added = change.kind == Change::Kind::added;
  if (fault.is("deleted-secret")) {
    if (added)
      simulation_.after(fault.duration(),
                        [this, key = change.key] { static_cast<void>(store_.remove(key)); });
    return;
  }
  if (change.kind == Change::Kind::removed) return;
  const auto istiod = firstIstiod();
  if (fault.is("slow-istiod")) {
    knobs_.reloadDelays = {{ns_ + "/" + istiod, fault.duration()}};
  } else if (fault.is("stubborn-istiod")) {
    knobs_.stubbornIstiods.clear();
    knobs_.stubbornIstiods.add(ns_ + "/" + istiod);
  } else if (fault.is("crashing-istiod")) {
    simulation_.after(aMoment, [this] { kubelet_.crash(ns_, firstIstiod(), 2); });
  } else if (fault.is("new-pod")) {
    simulation_.after(aMoment, [this, name = fault.argument] { growWorkload(name); });
  } else if (fault.is("evicted-pod")) {
    simulation_.after(aMoment, [this, name = fault.argument] { evictFrom(name); });
  } else if (fault.is("reverting-operator") && !added && !reverting_) {
    simulation_.after(fault.duration(), [this, change] { revert(change); });
  }
}

/// As one that keeps what it was told first.
void FaultEffects::revert(const Change& change) {
  const auto* present = store_.find(change.key);
  if (!present || !change.before) return;
  auto object = *present;
  object.set("data", (*change.before)["data"]);
  reverting_ = true;
  static_cast<void>(store_.update(change.key, std::move(object), otherOperator));
  reverting_ = false;
}

void FaultEffects::growWorkload(const std::string& name) {
  const auto [ns, workload] = split(name);
  for (const auto* plural : {"deployments", "statefulsets"}) {
    const Key key{"apps", plural, ns, workload};
    const auto* object = store_.find(key);
    if (!object) continue;
    const auto replicas = (*object)["spec"]["replicas"].integer().value_or(1);
    static_cast<void>(scale(store_, key, replicas + 1, "kubectl"));
  }
}

void FaultEffects::evictFrom(const std::string& name) {
  const auto [ns, workload] = split(name);
  for (const auto* pod : store_.list("", "pods", ns)) {
    const auto& metadata = (*pod)["metadata"];
    if (metadata["labels"]["app"].text() != workload || metadata.has("deletionTimestamp")) continue;
    static_cast<void>(store_.remove({"", "pods", ns, std::string(metadata["name"].text())}, {}, 30));
    return;
  }
}

bool FaultEffects::chance(int percent) {
  return percent > 0 && simulation_.random()() % 100 < std::uint64_t(percent);
}

int FaultEffects::onRequest(std::string_view method) {
  constexpr std::array statuses{429, 500, 503, -1};
  const bool reads = method == "GET";
  if (!reads && chance(lostAnswers_)) return -1;
  if (!chance(apiErrors_)) return 0;
  return statuses[simulation_.random()() % statuses.size()];
}

}  // namespace rehearsal
