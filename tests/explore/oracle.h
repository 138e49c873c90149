#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "explore/options.h"
#include "explore/pool.h"
#include "explore/state.h"
#include "plan/plan.h"
#include "trust/invariants.h"

namespace explore {

/// A write that the plan decided on, in the model's terms.
struct Intent {
  enum class Kind : std::uint8_t { none, backUp, create, update, restartIstiod, restartWorkloads };
  Kind kind = Kind::none;
  ContentId content = 0;      // create, update: what the secret holds then
  std::uint8_t triggers = 0;  // update
  std::int16_t removed = -1;  // update: the set that the annotation names; -1: left as it is
  bool trustStays = false;    // the plan says so
  std::string title{};        // the plan's own words
  bool operator==(const Intent& other) const {
    return kind == other.kind && content == other.content && triggers == other.triggers &&
           removed == other.removed && trustStays == other.trustStays && title == other.title;
  }
};

struct Verdict {
  enum class Kind : std::uint8_t { done, act, wait, blocked, refused };
  Kind kind = Kind::wait;
  std::uint8_t intent = 0;  // act; wait: what helps if it lasts
  plan::Stage stage = plan::Stage::selfSigned;
};

/// One bit for each of I1 to I5 that does not hold.
using Broken = std::uint8_t;

/// Asks the real `plan` and `trust` about states of the model, each distinct question once.
class Oracle {
 public:
  Oracle(Pool& pool, Options options);

  Verdict decide(const State& state);
  /// What a look has read so far, as a number; 0 is none.
  std::uint16_t intern(const State& partly);
  [[nodiscard]] const State& partly(std::uint16_t number) const { return looks_[number]; }
  Broken broken(const State& state);
  /// The same with each replica and proxy by its own name, and in words.
  std::vector<trust::Invariant> explain(const State& state);
  /// Why the plan refuses to go on, or what it waits for, in words.
  std::string whyNot(const State& state);
  [[nodiscard]] const Intent& intent(std::uint8_t id) const { return intents_[id]; }
  [[nodiscard]] std::size_t decisions() const { return verdicts_.size(); }
  [[nodiscard]] std::size_t judgements() const { return broken_.size(); }

 private:
  Verdict judge(const State& state);
  std::uint8_t intern(const State& state, const plan::Step& step);
  [[nodiscard]] plan::Goal goal(const State& state) const;

  Pool& pool_;
  const Options options_;
  std::vector<Intent> intents_{Intent{}};
  std::vector<State> looks_{State{}};
  std::map<State, std::uint16_t> numbers_;
  std::unordered_map<std::string, Verdict> verdicts_;
  std::unordered_map<std::string, Broken> broken_;
};

}  // namespace explore
