#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// A kind of object, as discovery tells of it.
struct ApiKind {
  std::string group, version, plural, kind;
  std::string singular{};
  std::vector<std::string> shortNames{}, categories{};
  bool namespaced = true;
  bool hasStatus = false, scales = false, custom = false;

  [[nodiscard]] std::string apiVersion() const { return group.empty() ? version : group + "/" + version; }
};

/// All kinds: those that are built in, and those of the store's CustomResourceDefinitions (each version that
/// is served), in the order of discovery.
std::vector<ApiKind> allKinds(const Store& store);
/// The one of this name; nullopt if there is none.
std::optional<ApiKind> findKind(const Store& store, std::string_view group, std::string_view version,
                                std::string_view plural);

}  // namespace rehearsal
