#pragma once

#include <string>

namespace base {

/// What kind of failure it is: decides the exit code, and what a caller may do about it.
enum class Kind {
  failed,       // anything without a kind of its own
  usage,        // the command line or an input file is wrong
  gate,         // a gate or a check says no
  unproven,     // something that the answer depends on could not be read
  unsupported,  // an Istio, installation or configuration that is not handled
  forbidden,    // authentication or authorization
  timedOut,     // --timeout while waiting
  interrupted,  // Ctrl-C
  notFound,     // the object does not exist (HTTP 404)
  conflict,     // the object changed since it was read, or exists already (HTTP 409)
  unavailable,  // no connection, 429, 5xx: may work when tried again
};

/// What went wrong, why, and what to do about it. Made where the facts are, printed once, at the edge.
/// None of the texts ever holds a key, a token or a password.
struct Error {
  Kind kind = Kind::failed;
  std::string message;   // what and where, no final full stop: "cannot read ca-cert.pem"
  std::string reason{};  // why, in the words of whoever knows ("No such file or directory"); may be empty
  std::string hint{};    // what to do; may be empty

  /// The same error with what was being done in front: context("switch-signer") -> "switch-signer: ...".
  [[nodiscard]] Error context(const std::string& doing) const;
};

/// The process's exit code for an error of this kind (the table is in README.md and --help).
int exitCode(Kind kind);

/// Ctrl-C: what is under way is given up, whatever else came back.
inline bool interrupted(const Error& error) {
  return error.kind == Kind::interrupted;
}

/// "message: reason" in one line, without the hint.
std::string describe(const Error& error);

}  // namespace base
