#include "base/interrupt_after.h"

#include <signal.h>
#include <sys/time.h>

namespace base {

namespace {

void onAlarm(int) {
  raise(SIGTERM);
}

void setTimer(Millis time) {
  itimerval timer{};
  timer.it_value.tv_sec = time.count() / 1000;
  timer.it_value.tv_usec = time.count() % 1000 * 1000;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

InterruptAfter::InterruptAfter(Millis time) {
  struct sigaction action {};
  action.sa_handler = onAlarm;
  sigaction(SIGALRM, &action, nullptr);
  setTimer(time);
}

InterruptAfter::~InterruptAfter() {
  setTimer(Millis{0});
}

}  // namespace base
