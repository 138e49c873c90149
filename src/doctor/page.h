#pragma once

#include <string>

namespace doctor {

/// docs/findings.md: every code with its severity, why it matters and what to do.
std::string findingsPage();

}  // namespace doctor
