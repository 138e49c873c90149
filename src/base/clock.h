#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

/// A point on the wall clock, UTC, in whole seconds (what X.509 and Kubernetes carry).
using Time = std::chrono::sys_seconds;
using Seconds = std::chrono::seconds;
using Millis = std::chrono::milliseconds;

/// Time as a parameter: the program has one real clock, tests bring their own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
  /// Monotonic, for deadlines and durations.
  [[nodiscard]] virtual Millis elapsed() const = 0;
  /// Between two polls or tries; never as evidence. Fails with Kind::interrupted after SIGINT or SIGTERM.
  virtual Status pause(Millis duration) = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
  [[nodiscard]] Millis elapsed() const override;
  Status pause(Millis duration) override;
};

/// "2026-11-24T01:02:03Z".
std::string formatTime(Time time);
/// RFC 3339 with Z or an offset; fractions of a second are dropped.
Result<Time> parseTime(std::string_view text);
/// "3m12s", "45s", "9y364d", "2h5m": the two largest units. Negative durations get a leading minus.
std::string formatDuration(Seconds duration);
/// "90s", "5m", "1h30m", "500ms" as Go's time.ParseDuration reads them (units ns to h); "0" is zero.
Result<Millis> parseDuration(std::string_view text);

}  // namespace base
