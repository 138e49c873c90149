#pragma once

#include <memory>

#include "rehearsal/knobs.h"
#include "rehearsal/mesh.h"
#include "rehearsal/program.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"
#include "rehearsal/traffic.h"

namespace rehearsal {

/// Istio in the built-in mesh: injects proxies into pods, runs istiods and proxies, and makes traffic between
/// them. What it needs to know it reads from the store, as Istio does: mesh config, webhooks, namespaces.
class IstioPrograms final : public Programs {
 public:
  /// Both borrowed; everything happens under the simulation's mutex.
  IstioPrograms(Simulation& simulation, Store& store, TrafficOptions traffic = {});

  /// As the API server's admission: asks the webhooks of the store that select the pod, which ask a ready
  /// istiod behind their service whose certificate verifies with the caBundle.
  base::Result<json::Value> admit(json::Value pod) override;
  base::Result<std::unique_ptr<Program>> start(const json::Value& pod, const Files& files) override;

  [[nodiscard]] Knobs& knobs() { return mesh_.knobs; }
  [[nodiscard]] Traffic& traffic() { return traffic_; }

 private:
  Mesh mesh_;
  Traffic traffic_;
};

}  // namespace rehearsal
