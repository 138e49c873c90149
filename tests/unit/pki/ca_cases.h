#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "pki/ca_check.h"

// Good and broken CAs, each with what checkCa must say. ca_check_test.cc holds checkCa to it; ca_table.cc
// writes them as folders, on which tests/go/verify runs istio's own checks.
namespace craft {

struct CaCase {
  std::string name;  // the folder's
  pki::CaFiles files;
  std::vector<std::string> errors;    // codes, in order; empty: usable
  std::vector<std::string> warnings;  // codes, in order
  bool stricter = false;              // istiod loads it all the same
};

std::vector<CaCase> caCases(base::Time now);

}  // namespace craft
