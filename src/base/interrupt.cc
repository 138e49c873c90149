#include "base/interrupt.h"

#include "base/suspend.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace base {

namespace {

// A signal may come to any thread, so that sig_atomic_t is not enough.
std::atomic<int> caught = 0, continued = 0, restores = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a handler may not wait for a lock");
int pipeEnds[2] = {-1, -1};
termios modeBefore{};

void onSignal(int) {
  const int before = errno;
  caught = 1;
  // In the background it would stop us (SIGTTOU); there the shell has its own mode.
  if (restores != 0 && tcgetpgrp(STDIN_FILENO) == getpgrp()) tcsetattr(STDIN_FILENO, TCSANOW, &modeBefore);
  // The byte is never read: the descriptor stays readable. A full pipe is as readable as one with a byte.
  [[maybe_unused]] const auto written = write(pipeEnds[1], "!", 1);
  errno = before;
}

void onContinue(int) {
  ++continued;
}

}  // namespace

void catchInterrupts() {
  if (pipeEnds[0] >= 0 || pipe(pipeEnds) != 0) return;
  for (const int end : pipeEnds) {
    fcntl(end, F_SETFD, FD_CLOEXEC);
    fcntl(end, F_SETFL, O_NONBLOCK);
  }
  struct sigaction action {};
  action.sa_handler = onSignal;
  // One-shot: a second Ctrl-C ends the program at once, in case that the first one is not noticed.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  action.sa_handler = onContinue;
  action.sa_flags = SA_RESTART;
  sigaction(SIGCONT, &action, nullptr);
}

unsigned returns() {
  return static_cast<unsigned>(continued);
}

void restoreOnInterrupt(const termios* mode) {
  restores = 0;
  if (mode == nullptr) return;
  modeBefore = *mode;
  restores = 1;
}

int interruptFd() {
  return pipeEnds[0];
}

bool interrupted() {
  return caught != 0;
}

Status checkInterrupt() {
  if (interrupted()) return fail({.kind = Kind::interrupted, .message = "interrupted"});
  return {};
}

}  // namespace base
