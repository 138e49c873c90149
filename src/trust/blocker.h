#pragma once

#include <string>
#include <vector>

namespace trust {

/// One reason why a predicate does not hold, by name.
struct Blocker {
  enum class Kind {
    no,        // read, and the answer is no
    unproven,  // could not be read
  };
  Kind kind = Kind::no;
  std::string subject;     // "shop/server-7f9c", "istiod istio-system/istiod-5d4b", "namespace shop"
  std::string what;        // "trusts only O = cluster.local (3f2a91c0)"
  bool forbidden = false;  // unproven because the API server refused by authorization
  std::string waiver{};    // unproven: the name to accept it by, "Pod/shop/server-7f9c"; empty: it cannot be
  bool operator==(const Blocker&) const = default;
};
using Blockers = std::vector<Blocker>;

/// A predicate's answer: of how many things it holds, and what stands against the others.
struct Answer {
  std::string predicate;  // "every proxy trusts O = cluster.local (3f2a91c0) and CN = Root CA (9b1e77d2)"
  std::size_t holds = 0, of = 0;
  Blockers blockers;
  Blockers waived{};  // unproven, and accepted by name: they block nothing
  [[nodiscard]] bool yes() const { return blockers.empty(); }
};

}  // namespace trust
