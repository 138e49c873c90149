#include "rehearsal/reverter.h"

#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

const Value& at(const Value& object, const std::vector<std::string>& path) {
  const auto* value = &object;
  for (const auto& name : path) value = &(*value)[name];
  return *value;
}

/// null takes the field away.
void put(Value& object, const std::vector<std::string>& path, const Value& wanted) {
  auto* value = &object;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) value = &value->at(path[i]);
  if (wanted.isNull()) {
    value->erase(path.back());
  } else {
    value->set(path.back(), wanted);
  }
}

}  // namespace

Reverter::Reverter(Simulation& simulation, Store& store) : simulation_(simulation), store_(store) {
  store.listen([this](const Change& change) { see(change); });
}

void Reverter::hold(const Key& key, std::vector<std::string> path, base::Millis delay, std::string manager,
                    int times) {
  holds_.push_back({key, std::move(path), delay, std::move(manager), times, store_.get(key)});
}

bool Reverter::holds(const Hold& hold) const {
  const auto object = store_.get(hold.key);
  if (hold.path.empty() || !object || !hold.wanted) return !object == !hold.wanted;
  return at(*object, hold.path) == at(*hold.wanted, hold.path);
}

void Reverter::see(const Change& change) {
  for (std::size_t i = 0; i < holds_.size(); ++i) {
    auto& hold = holds_[i];
    if (hold.key != change.key || hold.planned || hold.times <= 0 || holds(hold)) continue;
    hold.planned = true;
    simulation_.after(hold.delay, [this, i] { revert(i); });
  }
}

void Reverter::revert(std::size_t number) {
  auto& hold = holds_[number];
  hold.planned = false;
  if (holds(hold)) return;
  --hold.times;
  const auto object = store_.get(hold.key);
  if (!hold.wanted) {
    static_cast<void>(store_.remove(hold.key));
  } else if (!object) {
    static_cast<void>(store_.create(hold.key, *hold.wanted, hold.manager));
  } else {
    auto reverted = *object;
    put(reverted, hold.path, at(*hold.wanted, hold.path));
    static_cast<void>(store_.update(hold.key, std::move(reverted), hold.manager));
  }
}

}  // namespace rehearsal
