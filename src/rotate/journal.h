#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "kube/api.h"
#include "rotate/entry.h"

namespace rotate {

inline constexpr const char* journalName = "istio-ca-rotation-journal";

/// Who writes: the same in all entries of a run.
struct Author {
  std::string who{};      // user@host; empty: of this process
  std::string command{};  // nothing secret in it
};

/// The ConfigMap istio-ca-rotation-journal in istiod's namespace. Each entry is a data key of its own, so
/// that a write adds to what is there and needs not know it. For people and audit: no step is ever chosen by
/// what stands here.
class Journal {
 public:
  using Moment = std::chrono::sys_time<base::Millis>;
  using Now = std::function<Moment()>;
  /// `api` is borrowed. `now` is for tests.
  Journal(kube::Api& api, std::string ns, Author author, Now now = nullptr);

  /// What stands there, in order. Empty if there is no journal. What is no entry is skipped.
  base::Result<std::vector<Entry>> read();
  /// Gives each its time, key, run and author (a beginning the API server's name for us too, where that can
  /// be asked), and adds all by one request. The oldest entries of earlier
  /// rotations go when there are too many for one object.
  base::Status append(std::vector<Entry> entries);

 private:
  base::Status write(json::Value data, bool evenIfInterrupted);
  void dropOldest(json::Value& data);
  void stamp(Entry& entry);

  struct Kept {
    Entry entry;
    std::size_t size = 0;
  };
  kube::Api& api_;
  std::string ns_;
  Author author_;
  Now now_;
  std::string run_;
  int count_ = 0;
  bool read_ = false;
  std::vector<Kept> kept_{};  // as far as this knows
};

/// An object may have 1 MiB; entries of earlier rotations go from here on, those of this one later.
inline constexpr std::size_t journalFull = 600'000, journalOverfull = 850'000;

}  // namespace rotate
