#pragma once

#include <string_view>
#include <vector>

#include "doctor/finding.h"
#include "doctor/version.h"

namespace doctor {

/// What a program in the mesh does otherwise in some of its versions.
struct Quirk {
  enum class Component { istiod, proxy, ztunnel };
  std::string_view code;  // "ICA0811"
  Component component;
  Version from, to;  // from the first (inclusive) up to the second (exclusive)
  Severity severity;
  std::string_view what, consequence, remedy;
};

const std::vector<Quirk>& quirks();

bool applies(const Quirk& quirk, const Version& version);

}  // namespace doctor
