#include "doctor/page.h"

#include "doctor/hazards.h"

namespace doctor {

std::string findingsPage() {
  std::string text =
      "# What doctor finds\n\n"
      "Every finding of `kubectl istio-ca doctor`, made of the tables in `src/doctor` (a unit test holds "
      "both "
      "together). The first two digits of a code are its group. At an *error* `rotate` stops before its "
      "first write; a "
      "*warning* may disturb a rotation; an *info* is worth knowing. Exit codes: 0 no error, 3 an error "
      "(with `--check` "
      "a warning too), 4 something could not be read, 5 something that is not handled, 6 something that is "
      "not "
      "permitted.\n";
  for (const auto& group : groups()) {
    text += "\n## ICA" + std::string(group.digits) + ": " + std::string(group.title) + "\n";
    for (const auto& hazard : hazards()) {
      if (&groupOf(hazard) != &group) continue;
      text += "\n### " + std::string(hazard.code) + ": " + std::string(hazard.title) + "\n*" +
              std::string(name(hazard.severity)) + "* · " + std::string(hazard.why) + "\n\n" +
              std::string(hazard.remedy) + "\n";
    }
  }
  return text;
}

}  // namespace doctor
