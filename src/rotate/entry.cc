#include "rotate/entry.h"

#include <algorithm>
#include <array>
#include <utility>

namespace rotate {

namespace {

constexpr std::array<std::string_view, 9> events{"began",  "waived",  "gate",    "writing", "wrote",
                                                 "failed", "arrived", "stopped", "ended"};

bool knows(const MeshState& state, const Named& root) {
  const auto same = [&](const Named& other) { return other.fingerprint == root.fingerprint; };
  return (state.newRoot && same(*state.newRoot)) ||
         std::any_of(state.oldRoots.begin(), state.oldRoots.end(), same);
}

/// Where one rotation ends and the next begins.
class Grouping {
 public:
  void add(const Entry& entry) {
    if (groups_.empty() || startsAnother(entry)) {
      groups_.emplace_back();
      complete_ = false;
      known_.reset();
    }
    groups_.back().push_back(entry);
    if (entry.event == Event::began) complete_ = false;
    if (entry.event == Event::ended) complete_ = entry.complete;
    if (entry.mesh && (entry.mesh->newRoot || !known_)) known_ = entry.mesh;
  }
  std::vector<std::vector<Entry>> take() { return std::move(groups_); }

 private:
  [[nodiscard]] bool startsAnother(const Entry& entry) const {
    if (entry.event != Event::began) return false;
    const auto root = entry.mesh ? entry.mesh->newRoot : std::nullopt;
    if (complete_) return !known_ || !known_->newRoot || root != known_->newRoot;
    return root && known_ && known_->newRoot && !knows(*known_, *root);
  }

  std::vector<std::vector<Entry>> groups_;
  std::optional<MeshState> known_;
  bool complete_ = false;
};

}  // namespace

std::string_view name(Event event) {
  return events[static_cast<std::size_t>(event)];
}

std::vector<std::vector<Entry>> rotationsOf(const std::vector<Entry>& entries) {
  Grouping grouping;
  for (const auto& entry : entries) grouping.add(entry);
  return grouping.take();
}

}  // namespace rotate
