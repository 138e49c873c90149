#include "rehearsal/garbage_collector.h"

#include <algorithm>
#include <functional>

#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

constexpr base::Millis garbageDelay{50}, lookAgain{200};

bool waitsBy(const Value& object, std::string_view finalizer) {
  const auto& all = object["metadata"]["finalizers"].items();
  return std::any_of(all.begin(), all.end(), [&](const Value& each) { return each.text() == finalizer; });
}

Value listWithout(const Value& list, const std::function<bool(const Value&)>& unwanted) {
  Value kept = Value::array();
  for (const Value& each : list.items())
    if (!unwanted(each)) kept.push(each);
  return kept;
}

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
  if (!removed && terminating(*change.object) &&
      (waitsBy(*change.object, foreground) || waitsBy(*change.object, orphaning)))
    simulation_.after(garbageDelay, [this, key = change.key] { settle(key); });
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
  ended.at("spec").erase("finalizers");
  if (!store_.update(key, std::move(ended), "kube-controller-manager")) return;
  static_cast<void>(store_.remove(key));
}

void GarbageCollector::settle(const Key& key) {
  const auto object = store_.get(key);
  if (!object || !terminating(*object)) return;
  const std::string uid(rehearsal::uidOf(*object));
  const bool waits = waitsBy(*object, foreground);
  if (waits) {
    const auto dependents = owned_.by(uid);
    for (const auto& dependent : dependents) end(dependent, true);
    if (!dependents.empty()) {
      simulation_.after(lookAgain, [this, key] { settle(key); });
      return;
    }
  } else {
    abandon(uid);
  }
  auto free = *object;
  const auto is = [&](const Value& each) { return each.text() == (waits ? foreground : orphaning); };
  free.at("metadata").set("finalizers", listWithout(free["metadata"]["finalizers"], is));
  static_cast<void>(store_.update(key, std::move(free), "kube-controller-manager"));
}

/// What belongs to it is its no longer.
void GarbageCollector::abandon(const std::string& uid) {
  const auto dependents = owned_.by(uid);
  for (const auto& dependent : dependents) {
    const auto object = store_.get(dependent);
    if (!object) continue;
    auto orphan = *object;
    const auto is = [&](const Value& owner) { return owner["uid"].text() == uid; };
    orphan.at("metadata").set("ownerReferences", listWithout(orphan["metadata"]["ownerReferences"], is));
    static_cast<void>(store_.update(dependent, std::move(orphan), "kube-controller-manager"));
  }
}

void waitForDependents(Store& store, const Key& key, const char* finalizer) {
  const auto object = store.get(key);
  if (!object || waitsBy(*object, finalizer)) return;
  auto waiting = *object;
  auto finalizers = waiting["metadata"]["finalizers"];
  waiting.at("metadata").set("finalizers", finalizers.push(finalizer));
  static_cast<void>(store.update(key, std::move(waiting), "kube-apiserver"));
}

void GarbageCollector::end(const Key& key, bool waiting) {
  const auto object = store_.get(key);
  if (!object || terminating(*object)) return;
  if (waiting && !owned_.by(rehearsal::uidOf(*object)).empty()) waitForDependents(store_, key, foreground);
  const auto grace = (*object)["spec"]["terminationGracePeriodSeconds"].integer().value_or(30);
  static_cast<void>(store_.remove(key, {}, key.plural == "pods" ? static_cast<int>(grace) : 0));
}

}  // namespace rehearsal
