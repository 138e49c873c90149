#pragma once

#include <string_view>
#include <vector>

#include "doctor/finding.h"

namespace doctor {

/// The first two digits of a code.
struct Group {
  std::string_view digits, title;
};
const std::vector<Group>& groups();
const Group& groupOf(const Hazard& hazard);

/// The table of all hazards, in the order of their codes.
const std::vector<Hazard>& hazards();

// Its parts, each in a file of its own.
std::vector<Hazard> unsupportedHazards();
std::vector<Hazard> istiodHazards();
std::vector<Hazard> secretHazards();
std::vector<Hazard> certificateHazards();
std::vector<Hazard> proxyHazards();
std::vector<Hazard> distributionHazards();
std::vector<Hazard> ownerHazards();
std::vector<Hazard> versionHazards();
std::vector<Hazard> accessHazards();

}  // namespace doctor
