#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "rehearsal/knobs.h"
#include "rehearsal/leaf_maker.h"
#include "rehearsal/mesh_settings.h"
#include "rehearsal/roots.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"
#include "rehearsal/timers.h"

namespace rehearsal {

class Agent;
class Istiod;

/// What istiods and agents of a mesh share: who else there is, and the world around them.
class Mesh {
 public:
  /// Both borrowed.
  Mesh(Simulation& simulation, Store& store);
  Mesh(const Mesh&) = delete;
  Mesh& operator=(const Mesh&) = delete;

  Simulation& simulation;
  Store& store;
  Knobs knobs{};
  RootsTable roots{};
  LeafMaker leafMaker{};
  /// Called when what an Envoy holds, or who takes part, has changed; may be empty.
  std::function<void()> changed{};

  void join(Istiod& istiod);
  void leave(Istiod& istiod);
  void join(Agent& agent);
  void leave(Agent& agent);
  [[nodiscard]] const std::vector<Istiod*>& istiods() const { return istiods_; }
  [[nodiscard]] const std::vector<Agent*>& agents() const { return agents_; }

  /// The istiod with that number (Istiod::id); null if it is gone.
  [[nodiscard]] Istiod* istiod(std::uint64_t id) const;
  /// One of those that are ready behind an istiod's service ("istiod", "istiod-canary"), at random, as
  /// Kubernetes chooses for each connection; null if there is none.
  [[nodiscard]] Istiod* anyBehind(const std::string& service, const std::string& ns);
  std::uint64_t nextId() { return ++lastId_; }

  /// Who writes the config maps (istio: a leader election; multicluster.go:299-336). One that ends properly
  /// hands over at once, after a crash the lease has to run out.
  [[nodiscard]] bool leads(const Istiod& istiod) const;
  void elect();
  void resign(const Istiod& istiod, bool properly);

 private:
  void observe(const Change& change);

  Timers timers_;
  std::vector<Istiod*> istiods_;
  std::vector<Agent*> agents_;
  std::uint64_t leader_ = 0, lastId_ = 0;  // Istiod::id; 0: nobody
};

}  // namespace rehearsal
