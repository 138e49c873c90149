#pragma once

#include <functional>
#include <string>
#include <vector>

#include "rehearsal/faults.h"
#include "rehearsal/knobs.h"
#include "rehearsal/kubelet.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// What faults do to a mesh that stands. All borrowed; everything happens under the simulation's mutex.
class FaultEffects {
 public:
  FaultEffects(Simulation& simulation, Store& store, Kubelet& kubelet, Knobs& knobs, const Shape& shape);
  void begin(const std::vector<Fault>& faults);
  /// For ApiServer::interfere: what happens to a request.
  int onRequest(std::string_view method);

 private:
  void begin(const Fault& fault);
  void onSecret(const Change& change);
  void onSecret(const Fault& fault, const Change& change);
  void revert(const Change& change);
  void growWorkload(const std::string& name);
  void evictFrom(const std::string& name);
  /// Those that are there, and those that come.
  void eachPod(std::function<void(const json::Value&)> effect);
  void slowDown(const json::Value& pod, base::Millis refreshAfter);
  void cutOff(const json::Value& pod, const std::string& workload);
  [[nodiscard]] std::string firstIstiod() const;
  bool chance(int percent);

  Simulation& simulation_;
  Store& store_;
  Kubelet& kubelet_;
  Knobs& knobs_;
  std::string ns_;
  std::vector<Fault> ofSecret_{};
  int apiErrors_ = 0, lostAnswers_ = 0;  // of a hundred
  bool reverting_ = false;
};

}  // namespace rehearsal
