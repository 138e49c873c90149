#include "rehearsal/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "rehearsal/managed_fields.h"

namespace rehearsal {
namespace {

using json::Value;

/// So many changes are remembered: a watch that asks for what was before has to list again.
constexpr std::size_t remembered = 2000;

tl::unexpected<base::Error> missing(const Key& key) {
  return base::fail({base::Kind::notFound, fmt::format("{} \"{}\" not found", resourceName(key), key.name)});
}

tl::unexpected<base::Error> refusedFor(const Key& key, std::string_view why) {
  return base::fail({base::Kind::conflict, fmt::format("Operation cannot be fulfilled on {} \"{}\": {}",
                                                       resourceName(key), key.name, why)});
}

constexpr std::string_view modified =
    "the object has been modified; please apply your changes to the latest version and try again";

base::Status meets(const Key& key, std::string_view what, std::string_view wanted, std::string_view is) {
  if (wanted.empty() || wanted == is) return {};
  return refusedFor(key, fmt::format("Precondition failed: {0} in precondition: {1}, {0} in object meta: {2}",
                                     what, wanted, is));
}

/// A number that looks like any other: splitmix64.
std::uint64_t scattered(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::string uidOf(std::uint64_t number) {
  const std::uint64_t high = scattered(2 * number), low = scattered(2 * number + 1);
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff,
                     0x8000 | ((low >> 48) & 0x3fff), low & 0xffffffffffff);
}

/// Five characters as apiserver's names.go appends them (apimachinery: pkg/util/rand).
std::string suffix(std::uint64_t number) {
  constexpr std::string_view letters = "bcdfghjklmnpqrstvwxz2456789";
  std::string text;
  for (std::uint64_t rest = scattered(number); text.size() < 5; rest /= letters.size())
    text += letters[rest % letters.size()];
  return text;
}

/// Kinds whose strategy counts generations; those of custom resources do by themselves
/// (kubernetes: pkg/registry/*/strategy.go).
bool countsGenerations(const Key& key) {
  constexpr std::array builtIn{"",
                               "coordination.k8s.io",
                               "authorization.k8s.io",
                               "authentication.k8s.io",
                               "rbac.authorization.k8s.io",
                               "storage.k8s.io",
                               "discovery.k8s.io"};
  if (key.group.empty()) return key.plural == "pods" || key.plural == "replicationcontrollers";
  return std::find(builtIn.begin(), builtIn.end(), key.group) == builtIn.end();
}

/// Whether somebody may want to know whose a field is. Of pods and events nobody asks, and there are many.
bool isManaged(const Key& key, std::string_view manager) {
  return !manager.empty() && key.plural != "pods" && key.plural != "events";
}

/// Whether anything but metadata and status differs.
bool specDiffers(const Value& before, const Value& after) {
  const auto covers = [](const Value& one, const Value& other) {
    return std::all_of(one.members().begin(), one.members().end(), [&](const json::Member& member) {
      return member.first == "metadata" || member.first == "status" || other[member.first] == member.second;
    });
  };
  return !covers(before, after) || !covers(after, before);
}

/// What no client may change once it is there.
void keepIdentity(const Value& before, Value& object) {
  Value& metadata = object.at("metadata");
  for (const char* name : {"uid", "creationTimestamp", "resourceVersion", "generation", "deletionTimestamp",
                           "deletionGracePeriodSeconds"}) {
    if (before["metadata"].has(name)) {
      metadata.set(name, before["metadata"][name]);
    } else {
      metadata.erase(name);
    }
  }
}

void bearNames(const Key& key, Value& object) {
  Value& metadata = object.at("metadata");
  metadata.set("name", key.name);
  if (!key.ns.empty()) metadata.set("namespace", key.ns);
}

}  // namespace

std::string resourceName(const Key& key) {
  return key.group.empty() ? key.plural : key.plural + "." + key.group;
}

Store::Store(Now now) : now_(std::move(now)) {}

const Value* Store::find(const Key& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? nullptr : found->second.get();
}

Object Store::get(const Key& key) const {
  const auto found = objects_.find(key);
  return found == objects_.end() ? Object() : found->second;
}

std::vector<const Value*> Store::list(std::string_view group, std::string_view plural,
                                      std::string_view ns) const {
  std::vector<const Value*> found;
  const Key first{std::string(group), std::string(plural), std::string(ns), ""};
  for (auto at = objects_.lower_bound(first); at != objects_.end(); ++at) {
    const Key& key = at->first;
    if (key.group != group || key.plural != plural || (!ns.empty() && key.ns != ns)) break;
    found.push_back(at->second.get());
  }
  return found;
}

base::Result<Object> Store::create(Key key, Value object, std::string_view manager) {
  ++uids_;
  const std::string_view stem = object["metadata"]["generateName"].text();
  if (key.name.empty() && !stem.empty()) key.name = fmt::format("{}{}", stem, suffix(std::uint64_t(uids_)));
  if (key.name.empty()) return base::fail({base::Kind::usage, "resource name may not be empty"});
  if (find(key) != nullptr)
    return base::fail(
        {base::Kind::conflict, fmt::format("{} \"{}\" already exists", resourceName(key), key.name)});
  keepIdentity({}, object);
  bearNames(key, object);
  Value& metadata = object.at("metadata");
  metadata.set("uid", uidOf(std::uint64_t(uids_)));
  metadata.set("creationTimestamp", now_());
  if (countsGenerations(key)) metadata.set("generation", 1);
  if (isManaged(key, manager)) manageUpdate(nullptr, object, manager, now_(), false);
  return store(key, std::move(object), Change::Kind::added);
}

base::Result<Object> Store::update(const Key& key, Value object, std::string_view manager, bool status) {
  const Object before = get(key);
  if (!before) return missing(key);
  const std::string_view version = object["metadata"]["resourceVersion"].text();
  if (!version.empty() && version != (*before)["metadata"]["resourceVersion"].text())
    return refusedFor(key, modified);
  if (status) {
    Value whole = *before;
    whole.set("status", object["status"]);
    object = std::move(whole);
  } else {
    keepIdentity(*before, object);
    bearNames(key, object);
    if (before->has("status")) {
      object.set("status", (*before)["status"]);
    } else {
      object.erase("status");
    }
  }
  if (isManaged(key, manager)) manageUpdate(before.get(), object, manager, now_(), status);
  if (object == *before) return before;
  Value& metadata = object.at("metadata");
  if (!status && countsGenerations(key) && specDiffers(*before, object))
    metadata.set("generation", (*before)["metadata"]["generation"].integer().value_or(0) + 1);
  const bool ends = metadata.has("deletionTimestamp") && metadata["finalizers"].items().empty() &&
                    !(*before)["metadata"]["finalizers"].items().empty() &&
                    !metadata["deletionGracePeriodSeconds"].integer();
  const Object stored = store(key, std::move(object), Change::Kind::modified);
  if (ends) return drop(key);
  return stored;
}

base::Result<Object> Store::remove(const Key& key, const Preconditions& preconditions, int graceSeconds) {
  const Object before = get(key);
  if (!before) return missing(key);
  const Value& metadata = (*before)["metadata"];
  TRY(meets(key, "UID", preconditions.uid, metadata["uid"].text()));
  TRY(meets(key, "ResourceVersion", preconditions.version, metadata["resourceVersion"].text()));
  const bool onNode =
      key.group.empty() && key.plural == "pods" && !(*before)["spec"]["nodeName"].text().empty();
  const bool waits = graceSeconds > 0 && onNode;
  const bool isNamespace = key.group.empty() && key.plural == "namespaces";
  const bool held = isNamespace && !(*before)["spec"]["finalizers"].items().empty();
  if (!waits && !held && metadata["finalizers"].items().empty()) return drop(key);
  if (metadata.has("deletionTimestamp") &&
      metadata["deletionGracePeriodSeconds"].integer().value_or(0) <= graceSeconds)
    return before;
  Value object = *before;
  if (!metadata.has("deletionTimestamp")) {
    object.at("metadata").set("deletionTimestamp", now_());
    if (countsGenerations(key))
      object.at("metadata").set("generation", metadata["generation"].integer().value_or(0) + 1);
  }
  if (held) object.at("status").set("phase", "Terminating");
  if (waits) {
    object.at("metadata").set("deletionGracePeriodSeconds", graceSeconds);
  } else {
    object.at("metadata").erase("deletionGracePeriodSeconds");
  }
  return store(key, std::move(object), Change::Kind::modified);
}

base::Result<Object> Store::drop(const Key& key) {
  auto taken = objects_.extract(key);
  Value object = *taken.mapped();
  object.at("metadata").set("resourceVersion", std::to_string(++version_));
  const auto last = std::make_shared<const Value>(std::move(object));
  happened({Change::Kind::removed, key, last, nullptr, version_});
  return last;
}

Object Store::store(const Key& key, Value object, Change::Kind kind) {
  object.at("metadata").set("resourceVersion", std::to_string(++version_));
  const auto now = std::make_shared<const Value>(std::move(object));
  Object before = std::exchange(objects_[key], now);
  happened({kind, key, now, std::move(before), version_});
  return now;
}

void Store::happened(Change change) {
  history_.push_back(change);
  if (history_.size() > remembered) history_.pop_front();
  toTell_.push_back(std::move(change));
  if (telling_) return;  // whoever tells now goes on with this one
  telling_ = true;
  while (!toTell_.empty()) {
    const Change next = std::move(toTell_.front());
    toTell_.pop_front();
    for (std::size_t i = 0; i < listeners_.size(); ++i) listeners_[i](next);
  }
  telling_ = false;
}

void Store::listen(std::function<void(const Change&)> listener) {
  listeners_.push_back(std::move(listener));
}

std::optional<std::vector<Change>> Store::since(std::int64_t version) const {
  const std::int64_t oldest = history_.empty() ? version_ + 1 : history_.front().version;
  if (version + 1 < oldest) return std::nullopt;
  const auto from = std::find_if(history_.begin(), history_.end(),
                                 [&](const Change& change) { return change.version > version; });
  return std::vector<Change>(from, history_.end());
}

}  // namespace rehearsal
