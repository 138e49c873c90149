#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "base/clock.h"

namespace ui {

/// Calls something again and again from a thread of its own, so that a screen's clock goes on while the
/// program waits for an answer. Signals are left to the other threads.
class Beat {
 public:
  Beat(base::Millis interval, std::function<void()> tick);
  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;
  /// Returns when the last call has ended.
  ~Beat();

 private:
  std::mutex mutex_{};
  std::condition_variable wake_{};
  bool over_ = false;
  std::thread thread_{};
};

}  // namespace ui
