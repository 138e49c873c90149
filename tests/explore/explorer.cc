#include "explore/explorer.h"

#include <algorithm>
#include <chrono>

#include "explore/visited.h"

namespace explore {

namespace {

class Explorer {
 public:
  Explorer(Pool& pool, Oracle& oracle, const Options& options, const Search& search)
      : pool_(pool), search_(search), oracle_(oracle), model_(pool, oracle, options) {}

  Report run() {
    const auto started = std::chrono::steady_clock::now();
    search();
    if (!report_.finding && report_.complete && search_.stuck) lookBack();
    report_.states = visited_.size();
    report_.transitions = transitions_;
    report_.decisions = oracle_.decisions();
    report_.judgements = oracle_.judgements();
    report_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return std::move(report_);
  }

 private:
  void search() {
    visited_.add(canonical(model_.first()));
    parents_.push_back(0);
    std::vector<Step> steps;
    for (std::uint32_t number = 0; number < visited_.size(); ++number) {
      const State state = visited_[number];  // a copy: the store may move
      if (const auto what = wrong(state)) {
        report_.finding = *what;
        report_.finding->story = storyTo(number);
        return;
      }
      ends_.push_back(oracle_.decide(state).kind == Verdict::Kind::done);
      report_.ends += ends_.back();
      model_.moves(state, steps);
      transitions_ += steps.size();
      for (const auto& step : steps) {
        const auto [next, isNew] = visited_.add(canonical(step.state));
        if (isNew) parents_.push_back(number);
        if (search_.stuck && isProgress(step.move.kind)) edges_.push_back({next, number});
      }
      if (visited_.size() > search_.mostStates) return;
    }
    report_.complete = true;
  }

  std::optional<Finding> wrong(const State& state) {
    const auto broken = static_cast<Broken>(oracle_.broken(state) & search_.invariants);
    if (broken != 0) return Finding{Finding::Kind::broken, broken, {}};
    if (search_.stragglers && straggles(state)) return Finding{Finding::Kind::straggler, 0, {}};
    return std::nullopt;
  }

  bool straggles(const State& state) {
    if (state.triggers != 1 || state.back) return false;
    bool behind = false;
    for (const auto& proxy : state.proxies) behind = behind || (proxy.up && proxy.leaf == Ca::old);
    for (const auto& replica : state.replicas)
      behind = behind && (!replica.up || replica.loaded == state.secret);
    return behind && pool_.at(state.secret).signer == Ca::fresh && model_.settled(state);
  }

  /// Breadth first again, against the arrows of what goes on by itself.
  void lookBack() {
    std::sort(edges_.begin(), edges_.end());
    std::vector<bool> reaches(visited_.size());
    std::vector<std::uint32_t> queue;
    for (std::uint32_t number = 0; number < visited_.size(); ++number) {
      if (!ends_[number]) continue;
      reaches[number] = true;
      queue.push_back(number);
    }
    for (std::size_t head = 0; head < queue.size(); ++head) {
      const Edge from{queue[head], 0};
      for (auto edge = std::lower_bound(edges_.begin(), edges_.end(), from);
           edge != edges_.end() && edge->to == from.to; ++edge) {
        if (reaches[edge->from]) continue;
        reaches[edge->from] = true;
        queue.push_back(edge->from);
      }
    }
    for (std::uint32_t number = 0; number < visited_.size(); ++number) {
      if (reaches[number]) continue;
      // The first where nothing goes on any more tells more than the first from where that is certain.
      const bool still = standsStill(visited_[number]);
      if (report_.finding && !still) continue;
      report_.finding = Finding{Finding::Kind::stuck, 0, storyTo(number)};
      if (still) return;
    }
  }

  bool standsStill(const State& state) {
    const auto verdict = oracle_.decide(state);
    for (const auto& run : state.operators) {
      if (run.intent != 0) return false;
    }
    return verdict.intent == 0 && model_.settled(state);
  }

  /// The way there, with each replica and proxy under one name from beginning to end.
  std::vector<Step> storyTo(std::uint32_t number) {
    std::vector<std::uint32_t> way;
    for (auto at = number; at != 0; at = parents_[at]) way.push_back(at);
    std::reverse(way.begin(), way.end());
    std::vector<Step> story, steps;
    auto state = model_.first();
    for (const auto next : way) {
      model_.moves(state, steps);
      const auto step = std::find_if(steps.begin(), steps.end(), [&](const Step& each) {
        return canonical(each.state) == visited_[next];
      });
      if (step == steps.end()) return story;
      story.push_back(*step);
      state = step->state;
    }
    return story;
  }

  struct Edge {
    std::uint32_t to, from;
    auto operator<=>(const Edge&) const = default;
  };

  Pool& pool_;
  const Search search_;
  Oracle& oracle_;
  Model model_;
  Visited visited_;
  std::vector<std::uint32_t> parents_;  // from where each state was met first
  std::vector<bool> ends_;
  std::vector<Edge> edges_;  // of progress alone
  std::size_t transitions_ = 0;
  Report report_;
};

}  // namespace

Report explore(Pool& pool, Oracle& oracle, const Options& options, const Search& search) {
  return Explorer(pool, oracle, options, search).run();
}

}  // namespace explore
