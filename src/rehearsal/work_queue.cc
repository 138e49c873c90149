#include "rehearsal/work_queue.h"

#include <algorithm>

namespace rehearsal {

WorkQueue::WorkQueue(Simulation& simulation, base::Millis delay, Sync sync)
    : simulation_(simulation), delay_(delay), sync_(std::move(sync)) {}

void WorkQueue::add(const Key& key) {
  if (!waiting_.insert(key).second) return;
  simulation_.after(delay_, [this, key] {
    waiting_.erase(key);
    work(key);
  });
}

void WorkQueue::addAfter(const Key& key, base::Millis delay) {
  simulation_.after(delay, [this, key] { add(key); });
}

void WorkQueue::work(const Key& key) {
  if (sync_(key)) {
    failures_.erase(key);
    return;
  }
  const int times = std::min(failures_[key]++, 18);
  addAfter(key, std::min(base::Millis(5) * (1 << times), base::Millis(1000'000)));
}

}  // namespace rehearsal
