#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace ui {

/// How long something usually takes.
struct Usual {
  base::Seconds least{0}, most{0};
  bool operator==(const Usual&) const = default;
};

/// What the screen of a run shows, as plain data: run_story.h makes it, run_screen.h draws it. Durations and
/// instants are those of one monotonic clock.
struct RunView {
  enum class State {
    before,  // reached already when the run began
    done,
    now,
    todo,
  };
  struct Stage {
    std::string name, what;  // "both-roots", "everyone trusts the old and the new root"
    State state = State::todo;
    base::Millis began{0};  // of now
    base::Millis took{0};   // of done
    Usual usual{};
  };
  /// Things that miss the same, and since when the first of them has.
  struct Missing {
    std::string what;
    std::vector<std::string> subjects;
    bool unproven = false;
    base::Millis since{0};
  };
  struct Predicate {
    std::string text;
    std::size_t holds = 0, of = 0;  // of 0: not counted
    std::vector<Missing> missing{};
  };
  enum class Phase { looking, waiting, asking, writing, ended, stopped };
  struct Look {
    std::size_t proxies = 0, proxiesRead = 0, istiods = 0, istiodsRead = 0;
    std::size_t requests = 0;  // to the API server; 0: not counted
    base::Millis took{0};
  };
  struct Note {
    base::Time at{};
    std::string text;
    std::size_t times = 1;  // in a row
  };

  std::string command;               // "rotate"
  std::string server, mesh;          // "https://10.0.0.1:6443", "istio-system, Istio 1.27.1"
  std::vector<std::string> leaving;  // the roots that go: "O = cluster.local (3f2a91c0), expires ..."
  std::string coming;                // the one that comes; empty: not known yet
  bool back = false;                 // the coming one is that from before
  std::vector<Stage> stages;
  Phase phase = Phase::looking;
  std::string step, effect;           // asked about, being written, or written last
  base::Millis stepAt{0};             // when it was written
  std::vector<Predicate> predicates;  // what was asked at the last look
  std::string later;                  // the step that helps if the wait lasts
  std::vector<std::string> advice;    // what to look at if it lasts
  base::Millis begun{0};              // the run
  base::Millis moved{0};              // the last time that a predicate's count or a blocker changed
  std::optional<base::Millis> givesUpAt;
  std::optional<base::Millis> lookingSince;
  std::optional<Look> look;  // the last one
  std::vector<Note> notes;   // the last ones
};

}  // namespace ui
