#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace rehearsal {

/// How Kubernetes merges a list (the markers patchMergeKey, listType and listMapKey of
/// kubernetes: staging/src/k8s.io/api).
struct ListType {
  enum class Kind { atomic, set, map };
  Kind kind = Kind::atomic;
  std::vector<std::string> keys{};  // of a map, for server-side apply
  std::string patchKey{};           // of a map, for strategic merge patches

  [[nodiscard]] bool operator==(Kind other) const { return kind == other; }
};

/// Of the list `field` in an object that is itself the member (or an item of the member) `parent`.
ListType listType(std::string_view parent, std::string_view field);

/// Whether an object under that name is a map of any keys (labels, data) and no structure.
bool isOpenMap(std::string_view field);

/// The value of an item under one of its keys, with the default that the API gives it ("TCP").
json::Value keyOf(const json::Value& item, std::string_view key);
bool sameItem(const json::Value& one, const json::Value& other, const ListType& type);

}  // namespace rehearsal
