#include "base/clock.h"

#include <poll.h>

#include <algorithm>

#include "base/interrupt.h"

namespace base {

using std::chrono::duration_cast;

Time SystemClock::now() const {
  return std::chrono::floor<Seconds>(std::chrono::system_clock::now());
}

Millis SystemClock::elapsed() const {
  return duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

Status SystemClock::pause(Millis duration) {
  const Millis end = elapsed() + duration;
  TRY(checkInterrupt());
  for (Millis left = duration; left > Millis(0); left = end - elapsed()) {
    // A signal ends poll early, with or without a descriptor (EINTR); the time left is computed anew.
    pollfd interrupt{interruptFd(), POLLIN, 0};  // poll ignores -1
    const auto slice = std::min<Millis::rep>(left.count(), 60'000);
    static_cast<void>(poll(&interrupt, 1, static_cast<int>(slice)));
    TRY(checkInterrupt());
  }
  return {};
}

}  // namespace base
