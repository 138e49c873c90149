#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "explore/state.h"

namespace explore {

/// A recorded trace as fold_trace.py writes it.
struct Written {
  struct Secret {
    char signer = 'O';
    std::string bundle;  // "ONN"
  };
  std::optional<Secret> secret;  // nullopt: deleted
};

struct Seen {
  struct Istiod {
    int generation = 0;  // which pod of its slot; 0: none
    Ca signer = Ca::old;
    bool plugged = false;
  };
  struct Proxy {
    std::string name;
    int generation = 0;
    Ca leaf = Ca::old;
    RootSet roots = 0;
  };
  std::string line;
  std::vector<Written> writes;  // since what was seen before
  std::array<Istiod, mostReplicas> istiods{};
  unsigned distributed = 0;  // a bit for each set of roots that some config map or webhook holds
  std::vector<Proxy> proxies;
};

struct Trace {
  std::vector<Seen> seen;
};

/// Lines that do not say what was written or seen are comments.
Trace readTrace(const std::string& text);

}  // namespace explore
