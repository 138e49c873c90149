#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "rehearsal/leaf.h"

namespace rehearsal {

/// Makes keys and signatures of leaves on a thread of its own, before somebody looks. Those that are gone
/// when their turn comes are never made.
class LeafMaker {
 public:
  LeafMaker() = default;
  ~LeafMaker();
  LeafMaker(const LeafMaker&) = delete;
  LeafMaker& operator=(const LeafMaker&) = delete;

  void make(const SharedLeaf& leaf);

 private:
  void work();

  std::mutex mutex_{};
  std::condition_variable added_{};
  std::deque<std::weak_ptr<const Leaf>> waiting_{};
  bool over_ = false;
  std::thread thread_{};  // from the first leaf on
};

}  // namespace rehearsal
