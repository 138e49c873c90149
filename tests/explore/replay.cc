#include "explore/replay.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "explore/model.h"
#include "explore/trace.h"
#include "explore/visited.h"

namespace explore {

namespace {

constexpr std::size_t mostStates = 3'000'000;

/// What can have happened so far: all states of the model that fit what was seen.
class Replay {
 public:
  Replay(const Trace& trace, Pool& pool, std::array<std::size_t, 2> proxies)
      : trace_(trace),
        pool_(pool),
        proxies_(proxies),
        oracle_(pool, options()),
        model_(pool, oracle_, options()) {}

  std::string run() {
    std::vector<State> belief{model_.first()};
    Seen before;
    for (const auto& seen : trace_.seen) {
      belief = next(belief, before, seen);
      if (belief.empty()) return "the model does not admit: " + seen.line;
      before = seen;
    }
    return "";
  }

 private:
  static Options options() {
    Options options;
    options.operators = 0;
    options.autoscaled = options.evictions = options.pods = true;
    return options;
  }

  std::vector<State> next(const std::vector<State>& belief, const Seen& before, const Seen& seen) {
    Visited visited;
    for (auto state : belief) {
      state.surprises = 0;  // here: how many of the writes have been made
      visited.add(plain(state));
    }
    std::vector<Step> steps;
    std::vector<State> fitting;
    for (std::size_t number = 0; number < visited.size() && number < mostStates; ++number) {
      const State state = visited[number];
      if (fits(state, seen)) fitting.push_back(state);
      model_.moves(state, steps);
      for (const auto& step : steps) {
        if (mayHave(step.move, before, seen)) visited.add(plain(step.state));
      }
      if (state.surprises < seen.writes.size()) visited.add(written(state, seen.writes[state.surprises]));
    }
    return fitting;
  }

  /// Without what neither the trace shows nor the mesh goes by.
  static State plain(State state) {
    for (auto& replica : state.replicas) replica.fresh = 0;
    for (auto& proxy : state.proxies) proxy.mounted = proxy.up ? state.distributed : 0;
    return state;
  }

  State written(State state, const Written& write) {
    state.secret = write.secret ? contentOf(*write.secret) : 0;
    ++state.surprises;
    return state;
  }

  ContentId contentOf(const Written::Secret& secret) {
    std::string bytes;
    for (const auto name : secret.bundle) bytes += pool_.ca(name == 'O' ? Ca::old : Ca::fresh).root.pem();
    return pool_.content({secret.signer == 'O' ? Ca::old : Ca::fresh, pool_.bundle(bytes)});
  }

  /// Pods are replaced only where another one was seen.
  bool mayHave(const Move& move, const Seen& before, const Seen& seen) const {
    using Kind = Move::Kind;
    if (move.kind == Kind::evict || move.kind == Kind::scaleUp || move.kind == Kind::scaleDown)
      return before.istiods[move.who].generation != seen.istiods[move.who].generation;
    if (move.kind != Kind::kill && move.kind != Kind::birth) return true;
    const auto index = proxies_[move.who];
    return before.proxies.size() > index &&
           before.proxies[index].generation != seen.proxies[index].generation;
  }

  bool fits(const State& state, const Seen& seen) const {
    if (state.surprises != seen.writes.size()) return false;
    for (std::size_t i = 0; i < mostReplicas; ++i) {
      const auto& replica = state.replicas[i];
      const auto& istiod = seen.istiods[i];
      if (replica.up != (istiod.generation != 0)) return false;
      if (replica.up &&
          (replica.plugged != istiod.plugged || pool_.at(replica.loaded).signer != istiod.signer))
        return false;
    }
    if ((seen.distributed & (1U << pool_.roots(state.distributed))) == 0) return false;
    for (std::size_t i = 0; i < proxies_.size(); ++i) {
      const auto& proxy = state.proxies[i];
      const auto& real = seen.proxies[proxies_[i]];
      if (!proxy.up || proxy.leaf != real.leaf || proxy.held != real.roots) return false;
    }
    return true;
  }

  const Trace& trace_;
  Pool& pool_;
  const std::array<std::size_t, 2> proxies_;
  Oracle oracle_;
  Model model_;
};

}  // namespace

std::string whyNotAdmitted(const std::string& text, Pool& pool) {
  const auto trace = readTrace(text);
  if (trace.seen.empty()) return "nothing was seen";
  const auto count = trace.seen.back().proxies.size();
  for (std::size_t one = 0; one + 1 < count; ++one) {
    auto why = Replay(trace, pool, {one, one + 1}).run();
    if (!why.empty()) return fmt::format("proxies {} and {}: {}", one, one + 1, why);
  }
  return "";
}

}  // namespace explore
