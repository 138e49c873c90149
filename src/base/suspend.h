#pragma once

#include <termios.h>

namespace base {

/// How often the program was stopped and continued (Ctrl-Z and fg): the terminal may show anything then.
unsigned returns();
/// From now on an interrupt gives the terminal on standard input this mode back by itself, for one that is
/// not noticed in time; nullptr ends that.
void restoreOnInterrupt(const termios* mode);

}  // namespace base
