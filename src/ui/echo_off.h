#pragma once

#include <termios.h>

namespace ui {

/// The terminal on standard input does not show what is typed as long as this lives; an interrupt gives it
/// back its mode at once. Does nothing in the background, where it would stop the program (SIGTTOU).
class EchoOff {
 public:
  EchoOff();
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;
  ~EchoOff();

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace ui
