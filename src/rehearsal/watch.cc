#include "rehearsal/watch.h"

#include <utility>

namespace rehearsal {

using json::Value;

namespace {

Value mark(const Value& kindOnly, std::int64_t version) {
  Value object = kindOnly;
  object.at("metadata").set("resourceVersion", std::to_string(version));
  object.at("metadata").set("creationTimestamp", nullptr);
  return object;
}

}  // namespace

void Watch::addLine(const Value& event) {
  const std::string line = json::dump(event) + "\n";
  const std::lock_guard lock(mutex_);
  if (!ended_) pending_ += line;
}

void Watch::add(std::string_view type, const Value& object) {
  addLine(Value::object({{"type", type}, {"object", query_.show(object, std::exchange(first_, false))}}));
}

void Watch::begin(const std::vector<const Value*>& objects, std::int64_t version, bool endMark) {
  for (const Value* object : objects)
    if (query_.selector.matches(*object)) add("ADDED", *object);
  if (!endMark) return;
  Value object = mark(Value::object({{"metadata", Value::object()}}), version);
  object.at("metadata").set("annotations", Value::object({{"k8s.io/initial-events-end", "true"}}));
  addLine(Value::object({{"type", "BOOKMARK"}, {"object", std::move(object)}}));
}

void Watch::tell(const Change& change) {
  if (change.key.group != query_.group || change.key.plural != query_.plural) return;
  if (!query_.ns.empty() && change.key.ns != query_.ns) return;
  const bool now = change.kind != Change::Kind::removed && query_.selector.matches(*change.object);
  const Value* earlier = change.kind == Change::Kind::removed ? change.object.get() : change.before.get();
  const bool before = earlier != nullptr && query_.selector.matches(*earlier);
  if (now) {
    add(before ? "MODIFIED" : "ADDED", *change.object);
  } else if (before) {  // gone, or no longer what the selector means
    add("DELETED", *change.object);
  }
}

void Watch::bookmark(std::int64_t version, const Value& kindOnly) {
  if (query_.bookmarks) addLine(Value::object({{"type", "BOOKMARK"}, {"object", mark(kindOnly, version)}}));
}

void Watch::fail(const Value& status) {
  addLine(Value::object({{"type", "ERROR"}, {"object", status}}));
  end();
}

void Watch::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

std::string Watch::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(pending_, {});
}

bool Watch::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_ && pending_.empty();
}

}  // namespace rehearsal
