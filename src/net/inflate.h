#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace net {

/// Reads a zlib stream (RFC 1950 and 1951) that goes on from one message to the next, each flushed to a whole
/// number of blocks: SPDY's compressed headers.
class Inflater {
 public:
  /// `dictionary`: what both sides count as said before.
  explicit Inflater(std::string dictionary) : history_(std::move(dictionary)) {}

  /// What the message says. Kind::failed if it is not that, or says more than 1 MiB.
  base::Result<std::string> feed(std::string_view message);

 private:
  std::string history_;  // what may be referred back to: at least the last 32 KiB
  bool begun_ = false;
};

}  // namespace net
