#pragma once

#include <string_view>
#include <vector>

#include "trust/judge.h"

namespace trust {

/// One of the five that have to hold at every instant.
struct Invariant {
  std::string_view code;  // "I1"
  Answer answer;
};

/// I1 to I5 of one observation, in order, for all proxies p and q, istiod replicas i and meshed namespaces
/// ns: I1 every leaf verifies with every proxy's roots; I2 every signer is in every proxy's roots; I3 every
/// proxy's anchor and every signer is in every bundle that an istiod hands out; I4 every istiod's serving
/// certificate verifies with every namespace's mounted root and every webhook's caBundle; I5 no istiod can
/// start outside of the stage: the CA secret is there, complete and consistent. Decided by signature and
/// validity alone.
std::vector<Invariant> invariants(Judge& judge);

/// Broken if something that was read breaks one, unproven if something could not be read, else safe.
enum class Safety { safe, broken, unproven };
Safety safetyOf(const Answer& answer);
/// "holds", "broken", "unproven".
std::string_view name(Safety safety);

}  // namespace trust
