#include "explore/scenarios.h"

#include <algorithm>

namespace explore {

namespace {

constexpr Broken pairs = 1, all = 0x1f;

/// Everything that may happen to a mesh.
Options rough(int surprises) {
  Options options;
  options.surprises = static_cast<std::uint8_t>(surprises);
  options.autoscaled = options.evictions = options.crashes = options.rereads = true;
  options.pods = options.renewals = true;
  return options;
}

}  // namespace

std::vector<Scenario> proofs(int deeper) {
  std::vector<Scenario> found;
  found.push_back({"two replicas, two proxies", {}, {}, true});

  Options unset;
  unset.unset = true;
  found.push_back({"one proxy was started before the setting", unset, {}, true});

  Options back;
  back.proxies = deeper > 0 ? 2 : 1;
  back.rollback = true;
  found.push_back({"the way back from anywhere", back, {}});

  Options two;
  two.proxies = deeper > 1 ? 2 : 1;
  two.operators = 2;
  two.directProof = true;
  found.push_back({"two runs at the same time, without a lease", two, {}});

  auto events = rough(std::max(1, deeper));
  events.proxies = deeper > 0 ? 2 : 1;
  events.rollback = true;
  events.directProof = true;
  found.push_back({"evictions, crashes, autoscaling, births, renewals and the way back", events, {}});

  auto blind = events;
  blind.directProof = blind.rollback = false;
  found.push_back({"the same, forward, without the direct proof", blind, {}});

  Options torn;
  torn.proxies = 1;
  torn.tornLooks = true;
  torn.rollback = deeper > 0;
  torn.surprises = static_cast<std::uint8_t>(deeper);
  torn.evictions = torn.pods = torn.crashes = true;
  found.push_back({"a look takes time", torn, {}});

  // With a program that does not wait until a wait has lasted: it may come to
  // nothing (that is what waiting is for), but must not break anything.
  auto hasty = rough(deeper);
  hasty.proxies = deeper > 1 ? 2 : 1;
  hasty.impatient = true;
  hasty.autoscaled = hasty.renewals = deeper > 0;
  found.push_back({"a run that takes no time to wait", hasty, {all, false, false}});

  if (deeper > 1) {
    Options three;
    three.replicas = 3;
    three.directProof = true;
    found.push_back({"three replicas", three, {}});
    three.replicas = 2;
    three.proxies = 3;
    found.push_back({"three proxies", three, {}});
  }
  return found;
}

std::vector<Scenario> stories() {
  std::vector<Scenario> found;
  Scenario story;
  story.name = "gates";
  story.brief = true;
  story.options.rules.gates = false;
  story.search.invariants = pairs;
  found.push_back(story);

  story = {};
  story.name = "split-switch";
  story.brief = true;
  story.options.rules.splitSwitch = false;
  found.push_back(story);

  story = {};
  story.name = "trigger-removal";
  story.brief = true;
  story.options.rules.triggerRemoval = false;
  found.push_back(story);

  story = {};
  story.name = "append-only";
  story.brief = true;
  story.options.rules.appendOnly = false;
  found.push_back(story);

  story = {};
  story.name = "keep-old-ca";
  story.brief = true;
  story.options.rules.keepOldCa = false;
  story.options.rollback = true;
  story.options.proxies = 1;
  found.push_back(story);

  story = {};
  story.name = "look-twice";
  story.options.tornLooks = true;
  story.options.lookTwice = false;
  story.search.invariants = pairs;
  found.push_back(story);

  story = {};
  story.name = "no-delete";
  story.brief = true;
  story.options.deleteAndCreate = true;
  story.options.evictions = true;
  story.search.invariants = pairs;
  story.search.stragglers = false;
  found.push_back(story);
  return found;
}

}  // namespace explore
