#pragma once

#include <cstdint>
#include <functional>
#include <map>
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

struct Change {
  enum class Kind { added, modified, removed };
  Kind kind = Kind::added;
  Key key;
  json::Value object;        // as it is now; of a removal, as it was
  json::Value before{};      // of a modification
  std::int64_t version = 0;  // the resourceVersion that it gave
};

/// The objects of the built-in cluster: what etcd is to an API server. Gives each its uid, resourceVersion,
/// generation (of spec), creationTimestamp and managedFields; enforces preconditions. Errors: conflict,
/// notFound, usage. Not thread-safe: whoever shares it holds the mesh's lock.
class Store {
 public:
  using Now = std::function<std::string()>;  // RFC 3339, for timestamps
  explicit Store(Now now);

  [[nodiscard]] const json::Value* find(const Key& key) const;
  /// Of a kind, in one namespace or ("") in all, in the order of their names.
  [[nodiscard]] std::vector<const json::Value*> list(std::string_view group, std::string_view plural,
                                                     std::string_view ns) const;
  /// The object as stored. `manager` owns what it writes (metadata.managedFields, with the time).
  base::Result<json::Value> create(const Key& key, json::Value object, std::string_view manager);
  /// A resourceVersion in the object has to be the present one. `status`: the subresource; nothing else is
  /// changed then.
  base::Result<json::Value> update(const Key& key, json::Value object, std::string_view manager,
                                   bool status = false);
  base::Status remove(const Key& key, const json::Value& preconditions = {});

  /// Called after each change, in order; listeners may change the store (their changes follow).
  void listen(std::function<void(const Change&)> listener);
  [[nodiscard]] std::int64_t version() const { return version_; }
  /// What happened after that version, oldest first, for watches; nullopt if it is forgotten (HTTP 410).
  [[nodiscard]] std::optional<std::vector<Change>> since(std::int64_t version) const;

 private:
  void happened(Change change);

  Now now_;
  std::int64_t version_ = 1000, uids_ = 0;
  std::map<Key, json::Value> objects_;
  std::vector<Change> history_;
  std::vector<std::function<void(const Change&)>> listeners_;
};

}  // namespace rehearsal
