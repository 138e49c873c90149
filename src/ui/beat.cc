#include "ui/beat.h"

#include <signal.h>

namespace ui {

Beat::Beat(base::Millis interval, std::function<void()> tick) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // a thread begins with its maker's mask
  thread_ = std::thread([this, interval, tick = std::move(tick)] {
    std::unique_lock lock(mutex_);
    while (!over_) {
      lock.unlock();
      tick();
      lock.lock();
      wake_.wait_for(lock, interval, [this] { return over_; });
    }
  });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Beat::~Beat() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

}  // namespace ui
