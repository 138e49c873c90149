#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rehearsal/store.h"

namespace rehearsal {

/// What belongs to whom, by the uid of the owner, so that nobody has to look through all objects.
class Owned {
 public:
  /// Listens to the store, which has to be empty still.
  explicit Owned(Store& store);

  /// Everything that names this owner.
  [[nodiscard]] const std::set<Key>& by(std::string_view uid) const;
  /// Those of one kind, as they are now.
  [[nodiscard]] std::vector<Object> by(std::string_view uid, std::string_view plural) const;

 private:
  void see(const Change& change);

  const Store& store_;
  std::map<std::string, std::set<Key>, std::less<>> dependents_;
};

}  // namespace rehearsal
