#include "ui/echo_off.h"

#include <unistd.h>

#include "base/suspend.h"

namespace ui {
namespace {

bool inForeground() {
  return ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
}

}  // namespace

EchoOff::EchoOff() {
  if (!inForeground() || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios quiet = before_;
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  base::restoreOnInterrupt(&before_);
  changed_ = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet) == 0;
}

EchoOff::~EchoOff() {
  if (!changed_) return;
  base::restoreOnInterrupt(nullptr);
  if (inForeground()) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
}

}  // namespace ui
