#include "explore/moves.h"

namespace explore {

void Model::Moves::program() {
  if (now_.gap != 0) {
    auto& after = to(Move::Kind::restore);
    after.secret = now_.gap;
    after.gap = 0;
  }
  for (std::uint8_t who = 0; who < mostOperators; ++who) {
    if (now_.operators[who].up) operate(who);
  }
}

/// Observation, decision and write are apart: anything may happen in between. A run that is killed forgets
/// what it decided; the next one looks again.
void Model::Moves::operate(std::uint8_t who) {
  const auto& run = now_.operators[who];
  if (run.intent != 0) {
    write(who);
    forget(to(Move::Kind::forget, who), who);
    return;
  }
  if (options_.tornLooks && run.look != std::array<std::uint8_t, 2>{}) {
    read(who);
    return;
  }
  // An agent passes on what it gets in less time than it takes to look at a mesh and look again.
  if (!options_.slowAgents && owed()) return;
  if (options_.tornLooks) {
    look(who);
    return;
  }
  const auto verdict = oracle_.decide(now_);
  if (verdict.intent != 0) decide(who, verdict);
}

void Model::Moves::forget(State& state, std::uint8_t who) {
  state.operators[who] = Operator{1};
  const auto others = static_cast<std::uint8_t>(~(1U << who));
  for (auto& replica : state.replicas) {
    replica.seen[who] = Served::unlisted;
    replica.unread &= others;
  }
  for (auto& proxy : state.proxies) proxy.unread &= others;
}

void Model::Moves::decide(std::uint8_t who, const Verdict& verdict) {
  const bool wait = verdict.kind == Verdict::Kind::wait;
  if (wait && !options_.impatient && !model_.settled(now_)) return;
  auto& after = to(Move::Kind::decide, who);
  auto& run = after.operators[who];
  run.intent = verdict.intent;
  run.before = 0;
  run.look = {};
  const bool update = oracle_.intent(verdict.intent).kind == Intent::Kind::update;
  for (auto& replica : after.replicas) {
    if (!update) {
      replica.seen[who] = Served::unlisted;
    } else if (!options_.tornLooks) {
      replica.seen[who] = replica.up ? Served::same : Served::unlisted;
    }
  }
}

namespace {

void setLook(Operator& run, std::uint16_t number) {
  run.look = {static_cast<std::uint8_t>(number & 0xff), static_cast<std::uint8_t>(number >> 8)};
}

std::uint16_t lookOf(const Operator& run) {
  return static_cast<std::uint16_t>(run.look[0] | (run.look[1] << 8));
}

}  // namespace

/// src/mesh/observe.cc: objects are listed first; then each istiod and each proxy is read, all at once.
void Model::Moves::look(std::uint8_t who) {
  State partly = now_;
  partly.replicas = {};
  partly.proxies = {};
  partly.operators = {};
  partly.gap = partly.surprises = 0;
  auto& after = to(Move::Kind::look, who);
  auto& run = after.operators[who];
  setLook(run, oracle_.intern(partly));
  const auto bit = static_cast<std::uint8_t>(1U << who);
  for (auto& replica : after.replicas) {
    if (!replica.up) continue;
    replica.unread |= bit;
    ++run.awaited;
  }
  for (auto& proxy : after.proxies) {
    if (!proxy.up) continue;
    proxy.unread |= bit;
    ++run.awaited;
  }
}

/// Adds to what was read so far: only what an observation shows, so that there are few of them.
void Model::Moves::read(std::uint8_t who) {
  const auto& run = now_.operators[who];
  const auto bit = static_cast<std::uint8_t>(1U << who);
  std::uint8_t unread = 0;
  for (std::uint8_t whom = 0; whom < mostReplicas; ++whom) {
    if ((now_.replicas[whom].unread & bit) == 0) continue;
    ++unread;
    auto& after = to(Move::Kind::readIstiod, who, whom);
    auto& replica = after.replicas[whom];
    replica.unread &= static_cast<std::uint8_t>(~bit);
    replica.seen[who] = Served::same;
    auto partly = oracle_.partly(lookOf(run));
    auto shown = replica;
    shown.volume = shown.unread = 0;
    shown.seen = {};
    if (!options_.directProof)
      shown.loaded = pool_.content({pool_.at(shown.loaded).signer, pool_.at(pool_.selfSigned()).bundle});
    partly.replicas[mostReplicas - 1] = shown;
    setLook(after.operators[who], oracle_.intern(canonical(partly)));
    --after.operators[who].awaited;
  }
  for (std::uint8_t whom = 0; whom < mostProxies; ++whom) {
    if ((now_.proxies[whom].unread & bit) == 0) continue;
    ++unread;
    auto& after = to(Move::Kind::readProxy, who, whom);
    after.proxies[whom].unread &= static_cast<std::uint8_t>(~bit);
    auto partly = oracle_.partly(lookOf(run));
    auto shown = after.proxies[whom];
    shown.heard = shown.answered = shown.unread = shown.due = 0;
    partly.proxies[mostProxies - 1] = shown;
    setLook(after.operators[who], oracle_.intern(canonical(partly)));
    --after.operators[who].awaited;
  }
  if (unread != 0) return;
  if (!options_.slowAgents && owed()) return;
  // A pod that was listed and could not be read makes the look unproven: it is made again.
  const auto verdict =
      run.awaited == 0 ? oracle_.decide(oracle_.partly(lookOf(run))) : Verdict{Verdict::Kind::wait};
  const auto before = into_.size();
  const bool sure = !options_.lookTwice || oracle_.intent(verdict.intent).trustStays ||
                    (run.before == verdict.intent && !run.stale);
  if (verdict.intent != 0 && sure) decide(who, verdict);
  if (into_.size() != before) return;
  auto& after = to(Move::Kind::forget, who);
  forget(after, who);
  if (!run.stale) after.operators[who].before = verdict.intent;
}

/// A proxy that goes is not waited for (src/mesh/recheck.h).
void Model::Moves::leave(State& state, const Proxy& proxy) {
  for (std::size_t who = 0; who < mostOperators; ++who) {
    if ((proxy.unread & (1U << who)) != 0) --state.operators[who].awaited;
  }
}

/// Everything that tells a version of the CA secret from the next.
void Model::Moves::written(State& after, ContentId content, std::uint8_t byWhom) const {
  after.secret = content;
  after.marked = 0;
  for (auto& replica : after.replicas) replica.fresh = 0;
  for (std::uint8_t other = 0; other < mostOperators; ++other) {
    auto& run = after.operators[other];
    const bool read = run.intent != 0 || run.look != std::array<std::uint8_t, 2>{};
    if (other != byWhom && read) run.stale = 1;
    run.before = 0;
  }
}

void Model::Moves::write(std::uint8_t who) {
  const auto& run = now_.operators[who];
  const auto& intent = oracle_.intent(run.intent);
  auto& after = to(Move::Kind::write, who);
  const auto readers = after.replicas;
  forget(after, who);
  switch (intent.kind) {
    case Intent::Kind::none:
      break;
    case Intent::Kind::backUp:
      after.backup = 1;  // or a 409: it is there
      break;
    case Intent::Kind::create:
      if (now_.secret != 0 || now_.gap != 0) break;  // a 409: created by someone else
      written(after, intent.content, who);
      after.annotated = after.triggers = after.removed = 0;
      break;
    case Intent::Kind::update:
      if (run.stale || now_.secret == 0) break;  // a 409: the resourceVersion is another one
      written(after, intent.content, who);
      after.annotated = 1;
      after.triggers = intent.triggers;
      if (intent.removed >= 0) after.removed = static_cast<RootSet>(intent.removed);
      for (std::size_t i = 0; i < mostReplicas; ++i) after.replicas[i].served = readers[i].seen[who];
      if (options_.deleteAndCreate) {
        after.gap = after.secret;
        after.secret = 0;
      }
      break;
    case Intent::Kind::restartIstiod:
      if (now_.marked && !run.stale) break;  // the template does not change by it
      after.marked = !run.stale;
      for (auto& replica : after.replicas) replica.outdated = replica.up;
      break;
    case Intent::Kind::restartWorkloads:
      for (auto& proxy : after.proxies) proxy.asked = proxy.up && !proxy.setting;
      break;
  }
}

}  // namespace explore
