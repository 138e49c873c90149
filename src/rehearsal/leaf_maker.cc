#include "rehearsal/leaf_maker.h"

namespace rehearsal {

LeafMaker::~LeafMaker() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  added_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void LeafMaker::make(const SharedLeaf& leaf) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace_back(leaf);
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
  }
  added_.notify_one();
}

void LeafMaker::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    added_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (over_) return;
    const auto leaf = waiting_.front().lock();
    waiting_.pop_front();
    if (!leaf) continue;
    lock.unlock();
    static_cast<void>(leaf->chain());
    lock.lock();
  }
}

}  // namespace rehearsal
