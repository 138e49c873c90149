#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "plan/rules.h"
#include "ui/terminal.h"

namespace cli {

/// The whole program: reads the arguments, runs the command, prints its error if it has one, and returns the
/// exit code. `rules` are all on but in tests.
int run(int argc, char** argv, plan::Rules rules = {});

/// The same over a terminal and a clock of the caller's; `arguments` begin with the program's name.
int run(const std::vector<std::string>& arguments, ui::Terminal& terminal, base::Clock& clock,
        plan::Rules rules = {});

/// "kubectl istio-ca" when called as a plugin of kubectl (a name that begins with "kubectl-"), else the name.
std::string programName(const std::string& argv0);

}  // namespace cli
