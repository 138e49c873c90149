#pragma once

#include "base/result.h"

namespace base {

/// Installs handlers for SIGINT and SIGTERM that set a flag and make interruptFd readable. SIGPIPE is
/// ignored.
void catchInterrupts();
/// A descriptor that becomes (and stays) readable on the first interrupt, for poll; -1 before
/// catchInterrupts.
int interruptFd();
bool interrupted();
/// Kind::interrupted if interrupted, else success.
Status checkInterrupt();

}  // namespace base
