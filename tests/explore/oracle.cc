#include "explore/oracle.h"

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "explore/look.h"
#include "trust/judge.h"

namespace explore {

namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace

Oracle::Oracle(Pool& pool, Options options) : pool_(pool), options_(options) {}

plan::Goal Oracle::goal(const State& state) const {
  plan::Goal goal;
  const auto& fresh = pool_.ca(Ca::fresh);
  goal.newRoot = fresh.root;
  goal.newCa = plan::NewCa{fresh.signer, fresh.caCert, fresh.certChain};
  goal.restartWorkloads = true;
  goal.mounts = true;
  goal.back = state.back;
  for (std::size_t i = 0; i < mostProxies; ++i) {
    if (state.proxies[i].up && state.proxies[i].asked)
      goal.restarted.insert({"Deployment", "shop", proxyNames[i]});
  }
  return goal;
}

Verdict Oracle::decide(const State& state) {
  auto key = keyOf(state, pool_, options_, Eyes::ours);
  if (const auto known = verdicts_.find(key); known != verdicts_.end()) return known->second;
  return verdicts_.emplace(std::move(key), judge(state)).first->second;
}

std::uint16_t Oracle::intern(const State& partly) {
  const auto [entry, isNew] = numbers_.emplace(partly, static_cast<std::uint16_t>(looks_.size()));
  if (isNew) looks_.push_back(partly);
  if (looks_.size() > 65'535) std::abort();  // a state has two bytes for it
  return entry->second;
}

Verdict Oracle::judge(const State& state) {
  const auto seen = look(state, pool_, options_, Eyes::ours);
  const auto decision = plan::next(seen, goal(state), options_.rules);
  Verdict verdict;
  if (!decision) {
    verdict.kind = Verdict::Kind::refused;
    return verdict;
  }
  verdict.stage = decision->stage;
  switch (decision->kind) {
    case plan::Decision::Kind::done:
      verdict.kind = Verdict::Kind::done;
      return verdict;
    case plan::Decision::Kind::blocked:
      verdict.kind = Verdict::Kind::blocked;
      return verdict;
    case plan::Decision::Kind::act:
      verdict.kind = Verdict::Kind::act;
      break;
    case plan::Decision::Kind::wait:
      verdict.kind = Verdict::Kind::wait;
      break;
  }
  if (decision->step) verdict.intent = intern(state, *decision->step);
  return verdict;
}

std::uint8_t Oracle::intern(const State& state, const plan::Step& step) {
  Intent intent;
  intent.title = step.title;
  intent.trustStays = step.trustStays;
  std::visit(Overload{
                 [&](const plan::BackUpCa&) { intent.kind = Intent::Kind::backUp; },
                 [&](const plan::CreateCaSecret& action) {
                   intent.kind = Intent::Kind::create;
                   intent.content = pool_.content({Ca::old, pool_.bundle(action.bundle)});
                 },
                 [&](const plan::UpdateCaSecret& action) {
                   intent.kind = Intent::Kind::update;
                   auto content = pool_.at(state.secret);
                   if (action.signer)
                     content.signer = action.signer->signer == pool_.ca(Ca::old).signer ? Ca::old : Ca::fresh;
                   if (action.bundle) content.bundle = pool_.bundle(*action.bundle);
                   intent.content = pool_.content(content);
                   intent.triggers = static_cast<std::uint8_t>(action.triggers);
                   if (!action.removed) return;
                   const bool old =
                       action.removed->find(pool_.ca(Ca::old).root.fingerprint()) != std::string::npos;
                   const bool fresh =
                       action.removed->find(pool_.ca(Ca::fresh).root.fingerprint()) != std::string::npos;
                   intent.removed = static_cast<std::int16_t>((old ? 1 : 0) + (fresh ? 2 : 0));
                 },
                 [&](const plan::RestartIstiod&) { intent.kind = Intent::Kind::restartIstiod; },
                 [&](const plan::RestartWorkloads&) { intent.kind = Intent::Kind::restartWorkloads; },
                 [](const auto&) {},  // the multi-root setting is on from the beginning
             },
             step.action);
  for (std::size_t id = 1; id < intents_.size(); ++id) {
    if (intents_[id] == intent) return static_cast<std::uint8_t>(id);
  }
  intents_.push_back(std::move(intent));
  return static_cast<std::uint8_t>(intents_.size() - 1);
}

Broken Oracle::broken(const State& state) {
  auto key = keyOf(state, pool_, options_, Eyes::allKnown);
  if (const auto known = broken_.find(key); known != broken_.end()) return known->second;
  const auto all = explain(state);
  Broken found = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].answer.yes()) found |= static_cast<Broken>(1U << i);
  }
  broken_.emplace(std::move(key), found);
  return found;
}

std::vector<trust::Invariant> Oracle::explain(const State& state) {
  auto seen = look(state, pool_, options_, Eyes::allKnown);
  std::reverse(seen.proxies.begin(), seen.proxies.end());  // so that a refusal names another proxy first
  trust::Judge judge(seen);
  return trust::invariants(judge);
}

std::string Oracle::whyNot(const State& state) {
  const auto seen = look(state, pool_, options_, Eyes::ours);
  const auto decision = plan::next(seen, goal(state), options_.rules);
  if (!decision) return base::describe(decision.error());
  const auto* missing = decision->missing();
  if (!missing) return "";
  const auto& blocker = missing->blockers.front();
  return "it does not hold that " + missing->predicate + " (" + blocker.subject + " " + blocker.what + ")";
}

}  // namespace explore
