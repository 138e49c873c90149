#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace base {

/// A program to run directly, without a shell.
struct Command {
  std::vector<std::string> argv;                  // argv[0] is looked up on PATH unless it holds a slash
  std::map<std::string, std::string> extraEnv{};  // added to our own environment
  bool inheritStdin = false;                      // else /dev/null
};

struct ProcessOutput {
  int exitStatus = 0;  // 128 + signal when ended by one
  Secret out;          // standard output, which may hold credentials
};

/// Runs a program to its end by posix_spawn; its standard error is ours. Kills it at the deadline.
/// Fails with Kind::failed (cannot start), timedOut or interrupted.
Result<ProcessOutput> run(const Command& command, Millis timeout);

}  // namespace base
