#pragma once

#include <optional>
#include <string>
#include <vector>

#include "rotate/entry.h"

namespace rotate {

/// What a rotation leaves for those who ask later what was done and why it was safe. All of it stands in the
/// journal; no key does.
struct Evidence {
  struct Run {
    std::string id, who, kubeUser, command, began;
    std::string note{};     // "the lease was taken over from ..."
    std::string ended{};    // its last entry
    std::string outcome{};  // "reached done", "stopped: ...", "ended without a word (killed, or cut off)"
  };
  struct Gate {
    std::string time, run, stage, step;  // the step is empty where a stage's arrival was proven
    std::vector<Proven> proven;
  };
  struct Write {
    std::string time, run, stage, step, effect;
    std::string answered{};  // when; empty: no answer is recorded
    std::string failure{};   // refused, or the answer was lost
    std::vector<Written> requests{};
  };
  struct Waiver {
    std::string time, run, name, risk;
  };
  bool complete = false;
  std::string began, ended;  // of the first and the last entry
  std::vector<Run> runs;
  std::optional<MeshState> before, after;
  std::vector<Gate> gates;
  std::vector<Write> writes;
  std::vector<Waiver> waivers;
};

/// Of one rotation's entries, all its runs; `now` is what was seen last, if that is newer than the journal.
Evidence evidenceOf(const std::vector<Entry>& rotation, const std::optional<MeshState>& now = std::nullopt);

}  // namespace rotate
