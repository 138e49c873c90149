#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace base {

/// A tar archive (POSIX ustar), the same bytes for the same files: all of one time, one owner and mode 0600.
class Tar {
 public:
  explicit Tar(Time time) : time_(time) {}
  /// `name` has at most 100 bytes, with forward slashes.
  void add(std::string_view name, std::string_view bytes);
  /// Everything, with the two empty blocks at the end.
  [[nodiscard]] std::string finish() const;

 private:
  Time time_;
  std::string blocks_{};
};

bool isTar(std::string_view bytes);
/// The first regular file whose name is `name` or ends in "/" and it; nullopt if there is none (or the
/// archive breaks off).
std::optional<std::string> tarMember(std::string_view archive, std::string_view name);

}  // namespace base
