#pragma once

#include <memory>
#include <string>

#include "rehearsal/kubelet.h"

namespace rehearsal {

/// What the kubelet knows of one pod.
struct Kubelet::Worker {
  Key key;
  std::string uid, node;
  PodState state{};
  Files files{};
  std::unique_ptr<Program> program{};
  bool mounted = false;
  bool refreshPlanned = false;
  bool ending = false;
  int mountTries = 0;
  base::Millis nextSync{0};
  base::Millis startedAt{0};  // the program, on the simulation's clock
  base::Millis endsAt{0};

  [[nodiscard]] bool runs() const { return state.container == PodState::Container::running; }
};

}  // namespace rehearsal
