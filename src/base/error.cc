#include "base/error.h"

namespace base {

Error Error::context(const std::string& doing) const {
  Error error = *this;
  error.message = doing + ": " + message;
  return error;
}

int exitCode(Kind kind) {
  switch (kind) {
    case Kind::usage:
      return 2;
    case Kind::interrupted:
      return 130;
    case Kind::forbidden:
      return 6;
    case Kind::unsupported:
      return 5;
    case Kind::timedOut:
      return 124;
    case Kind::gate:
      return 3;
    case Kind::unproven:
      return 4;
    case Kind::failed:
    case Kind::notFound:
    case Kind::conflict:
    case Kind::unavailable:
      return 1;
  }
  return 1;
}

std::string describe(const Error& error) {
  return error.reason.empty() ? error.message : error.message + ": " + error.reason;
}

}  // namespace base
