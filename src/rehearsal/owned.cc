#include "rehearsal/owned.h"

namespace rehearsal {

Owned::Owned(Store& store) : store_(store) {
  store.listen([this](const Change& change) { see(change); });
}

void Owned::see(const Change& change) {
  using Kind = Change::Kind;
  const auto& old = change.kind == Kind::removed ? change.object : change.before;
  const auto& now = (*change.object)["metadata"]["ownerReferences"];
  if (change.kind == Kind::modified && (*old)["metadata"]["ownerReferences"] == now) return;
  if (old) {
    for (const auto& owner : (*old)["metadata"]["ownerReferences"].items()) {
      const auto found = dependents_.find(owner["uid"].text());
      if (found == dependents_.end()) continue;
      found->second.erase(change.key);
      if (found->second.empty()) dependents_.erase(found);
    }
  }
  if (change.kind == Kind::removed) return;
  for (const auto& owner : now.items()) dependents_[std::string(owner["uid"].text())].insert(change.key);
}

const std::set<Key>& Owned::by(std::string_view uid) const {
  static const std::set<Key> nothing;
  const auto found = dependents_.find(uid);
  return found == dependents_.end() ? nothing : found->second;
}

std::vector<Object> Owned::by(std::string_view uid, std::string_view plural) const {
  std::vector<Object> objects;
  for (const auto& key : by(uid)) {
    if (key.plural != plural) continue;
    if (auto object = store_.get(key)) objects.push_back(std::move(object));
  }
  return objects;
}

}  // namespace rehearsal
