#pragma once

#include <string>
#include <vector>

#include "trust/observation.h"

namespace trust {

/// Would a certificate be accepted in a new handshake?
enum class Accepts { yes, no, unproven };

/// Proxies that fare alike: they present what the same issuer signed, trust the same roots, and are accepted
/// by the same ones.
struct Alike {
  std::vector<std::string> members;       // "shop/server-7f9c"; what is opaque too
  std::vector<std::string> workloads;     // "shop/server", each once
  const ProxySecrets* secrets = nullptr;  // of the first member, borrowed; nullptr: could not be read
  std::vector<std::string> unread{};      // why, of each member in their order
};

struct Accepted {
  Accepts answer = Accepts::unproven;
  std::string why{};  // not, or why it is not known
};

/// Who accepts whom, for all proxies that run and all that cannot be read.
struct Matrix {
  std::vector<Alike> classes;
  std::vector<std::vector<Accepted>> cells;  // [who presents][who verifies]
};

/// By workload each workload has a class of its own (or several, if its pods differ).
enum class GroupBy { alike, workload };
/// The observation is borrowed by the result.
Matrix matrix(const Observation& observation, GroupBy groupBy);

/// How many ordered pairs of different proxies have this answer.
std::size_t count(const Matrix& matrix, Accepts answer);

}  // namespace trust
