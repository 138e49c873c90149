#include "rehearsal/garbage_collector.h"

#include <algorithm>

#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

constexpr base::Millis garbageDelay{50};

}  // namespace

GarbageCollector::GarbageCollector(Simulation& simulation, Store& store, Owned& owned)
    : simulation_(simulation), store_(store), owned_(owned) {
  store.listen([this](const Change& change) { see(change); });
}

void GarbageCollector::see(const Change& change) {
  const bool removed = change.kind == Change::Kind::removed;
  if (!change.key.ns.empty()) {
    if (removed) {
      content_[change.key.ns].erase(change.key);
    } else {
      content_[change.key.ns].insert(change.key);
    }
  }
  const bool isNamespace = change.key.plural == "namespaces" && change.key.group.empty();
  if (isNamespace && (removed || terminating(*change.object)))
    simulation_.after(garbageDelay, [this, ns = change.key.name] { empty(ns); });
  if (removed)
    simulation_.after(garbageDelay,
                      [this, uid = std::string(rehearsal::uidOf(*change.object))] { follow(uid); });
}

void GarbageCollector::follow(const std::string& uid) {
  const auto dependents = owned_.by(uid);
  for (const auto& key : dependents) {
    const auto object = store_.get(key);
    if (!object) continue;
    const auto& owners = (*object)["metadata"]["ownerReferences"].items();
    const bool another = std::any_of(owners.begin(), owners.end(),
                                     [&](const json::Value& owner) { return owner["uid"].text() != uid; });
    if (!another) end(key);
  }
}

void GarbageCollector::empty(const std::string& ns) {
  const Key key{"", "namespaces", "", ns};
  const auto space = store_.get(key);
  if (space && !terminating(*space)) return;  // made anew meanwhile
  const auto content = content_[ns];
  for (const auto& inside : content) end(inside);
  if (!content.empty()) {
    simulation_.after(base::Millis(1000), [this, ns] { empty(ns); });
    return;
  }
  content_.erase(ns);
  if (!space) return;
  auto ended = *space;
  ended.at("metadata").erase("finalizers");
  static_cast<void>(store_.update(key, std::move(ended), "kube-controller-manager"));
}

void GarbageCollector::end(const Key& key) {
  const auto object = store_.get(key);
  if (!object || terminating(*object)) return;
  const auto grace = (*object)["spec"]["terminationGracePeriodSeconds"].integer().value_or(30);
  static_cast<void>(store_.remove(key, {}, key.plural == "pods" ? static_cast<int>(grace) : 0));
}

}  // namespace rehearsal
