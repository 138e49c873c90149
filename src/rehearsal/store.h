#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace rehearsal {

/// Which object: "" as namespace for what is in none.
struct Key {
  std::string group, plural, ns, name;
  auto operator<=>(const Key&) const = default;
};

/// One version of an object, shared by whoever holds on to it: the store, its history, watches.
using Object = std::shared_ptr<const json::Value>;

struct Change {
  enum class Kind { added, modified, removed };
  Kind kind = Kind::added;
  Key key;
  Object object;             // as it is now; of a removal, as it was
  Object before;             // of a modification, else null
  std::int64_t version = 0;  // the resourceVersion that it gave
};

/// Only this object, in this version: what a deletion may ask for. "" is any.
struct Preconditions {
  std::string uid{}, version{};
};

/// The objects of the built-in cluster: what etcd is to an API server. Gives each its uid, resourceVersion,
/// generation (of what counts it), creationTimestamp and managedFields; enforces preconditions. Errors, in
/// Kubernetes' words: conflict (changed since, or there already), notFound. Not thread-safe: whoever shares
/// it holds the mesh's lock.
class Store {
 public:
  using Now = std::function<std::string()>;  // RFC 3339, for timestamps
  explicit Store(Now now);

  /// Null if there is none. What it points to lives until the object changes.
  [[nodiscard]] const json::Value* find(const Key& key) const;
  [[nodiscard]] Object get(const Key& key) const;
  /// Of a kind, in one namespace or ("") in all, in the order of their names.
  [[nodiscard]] std::vector<const json::Value*> list(std::string_view group, std::string_view plural,
                                                     std::string_view ns) const;
  /// The object as stored. An empty name is made from metadata.generateName. `manager` owns what it writes
  /// (metadata.managedFields, with the time; not of pods and events); "" leaves
  /// managedFields as they come.
  base::Result<Object> create(Key key, json::Value object, std::string_view manager);
  /// A resourceVersion in the object has to be the present one. `status`: the subresource; nothing else is
  /// changed then, and without it the status stays as it is. What is as before makes no new version. An
  /// object that waits to be deleted is gone when its last finalizer is.
  base::Result<Object> update(const Key& key, json::Value object, std::string_view manager,
                              bool status = false);
  /// What has finalizers (a namespace: in its spec, too), and a pod on a node if `graceSeconds` is more than
  /// 0, only gets a deletionTimestamp: it is removed by whoever ends it (with 0 again). The object as it was
  /// last.
  base::Result<Object> remove(const Key& key, const Preconditions& preconditions = {}, int graceSeconds = 0);

  /// Called after each change, in order; listeners may change the store (their changes follow).
  void listen(std::function<void(const Change&)> listener);
  [[nodiscard]] std::int64_t version() const { return version_; }
  /// What happened after that version, oldest first, for watches; nullopt if it is forgotten (HTTP 410).
  [[nodiscard]] std::optional<std::vector<Change>> since(std::int64_t version) const;

 private:
  Object store(const Key& key, json::Value object, Change::Kind kind);
  void happened(Change change);
  base::Result<Object> drop(const Key& key);

  Now now_;
  std::int64_t version_ = 1000, uids_ = 0;
  std::map<Key, Object> objects_;
  std::deque<Change> history_;  // the newest last
  std::deque<Change> toTell_;
  bool telling_ = false;
  std::vector<std::function<void(const Change&)>> listeners_;
};

/// "secrets", "deployments.apps": a kind as Kubernetes names it in messages.
std::string resourceName(const Key& key);

}  // namespace rehearsal
