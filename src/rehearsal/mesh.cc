#include "rehearsal/mesh.h"

#include <algorithm>

#include "rehearsal/agent.h"
#include "rehearsal/istiod.h"

namespace rehearsal {

namespace {

constexpr base::Millis leaseLeast{15'000}, leaseMost{30'000};

template <class T>
void drop(std::vector<T*>& from, T& what) {
  from.erase(std::remove(from.begin(), from.end(), &what), from.end());
}

}  // namespace

Mesh::Mesh(Simulation& world, Store& objects) : simulation(world), store(objects), timers_(world) {
  store.listen([this](const Change& change) { observe(change); });
}

void Mesh::join(Istiod& istiod) {
  istiods_.push_back(&istiod);
}

void Mesh::leave(Istiod& istiod) {
  drop(istiods_, istiod);
  resign(istiod, istiod.draining());
  for (auto* agent : agents_) agent->lost(istiod.id());
}

void Mesh::join(Agent& agent) {
  agents_.push_back(&agent);
}

void Mesh::leave(Agent& agent) {
  drop(agents_, agent);
  if (changed) changed();
}

Istiod* Mesh::istiod(std::uint64_t id) const {
  const auto found =
      std::find_if(istiods_.begin(), istiods_.end(), [&](const Istiod* each) { return each->id() == id; });
  return found == istiods_.end() ? nullptr : *found;
}

Istiod* Mesh::anyBehind(const std::string& service, const std::string& ns) {
  std::vector<Istiod*> ready;
  for (auto* each : istiods_) {
    if (each->ready() && !each->draining() && each->serviceName() == service && each->ns() == ns)
      ready.push_back(each);
  }
  if (ready.empty()) return nullptr;
  return ready[std::size_t(simulation.random()() % ready.size())];
}

bool Mesh::leads(const Istiod& istiod) const {
  return leader_ == istiod.id();
}

void Mesh::elect() {
  if (leader_ != 0) return;
  for (auto* each : istiods_) {
    if (!each->ready() || each->draining()) continue;
    leader_ = each->id();
    each->reconcileSoon();
    return;
  }
}

void Mesh::resign(const Istiod& istiod, bool properly) {
  if (!leads(istiod)) return;
  if (properly) {
    leader_ = 0;
    timers_.within(base::Millis(50), base::Millis(500), [this] { elect(); });
    return;
  }
  timers_.within(leaseLeast, leaseMost, [this, gone = istiod.id()] {
    if (leader_ == gone) leader_ = 0;
    elect();
  });
}

/// The informers of all istiods: namespaces, the config maps that they write, webhooks.
void Mesh::observe(const Change& change) {
  const auto& key = change.key;
  const bool concerns = (key.group.empty() && key.plural == "namespaces") ||
                        (key.plural == "configmaps" && key.name == "istio-ca-root-cert") ||
                        key.group == "admissionregistration.k8s.io";
  const bool meshConfig = key.plural == "configmaps" && key.name.starts_with("istio") && !concerns;
  for (auto* each : istiods_) {
    if (concerns) each->reconcileSoon();
    if (meshConfig && key.ns == each->ns()) each->pushSoon();
  }
}

}  // namespace rehearsal
