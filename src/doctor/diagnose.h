#pragma once

#include <vector>

#include "doctor/facts.h"
#include "doctor/hazards.h"

namespace doctor {

/// Every hazard that is found, in the order of the table.
std::vector<Finding> diagnose(const Facts& facts);

/// How many findings are of each severity, by its number.
std::vector<std::size_t> count(const std::vector<Finding>& findings);

/// The kinds of failure that the findings ask for: of each error its kind; unproven and forbidden of any.
std::vector<base::Kind> kindsOf(const std::vector<Finding>& findings);

}  // namespace doctor
