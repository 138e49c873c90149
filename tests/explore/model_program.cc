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
    auto& after = to(Move::Kind::forget, who);
    after.operators[who].intent = after.operators[who].stale = 0;
    for (auto& replica : after.replicas) replica.seen[who] = Served::unlisted;
    return;
  }
  // An agent passes on what it gets in less time than it takes to look at a mesh and look again.
  if (!options_.slowAgents && owed()) return;
  const auto verdict = oracle_.decide(now_);
  if (verdict.intent == 0) return;
  const bool wait = verdict.kind == Verdict::Kind::wait;
  if (wait && !options_.impatient && !model_.settled(now_)) return;
  auto& after = to(Move::Kind::decide, who);
  after.operators[who].intent = verdict.intent;
  if (oracle_.intent(verdict.intent).kind != Intent::Kind::update) return;
  for (auto& replica : after.replicas) replica.seen[who] = replica.up ? Served::same : Served::unlisted;
}

/// Everything that tells a version of the CA secret from the next.
void Model::Moves::written(State& after, ContentId content, std::uint8_t byWhom) const {
  after.secret = content;
  after.marked = 0;
  for (auto& replica : after.replicas) replica.fresh = 0;
  for (std::uint8_t other = 0; other < mostOperators; ++other) {
    if (other != byWhom && after.operators[other].intent != 0) after.operators[other].stale = 1;
  }
}

void Model::Moves::write(std::uint8_t who) {
  const auto& run = now_.operators[who];
  const auto& intent = oracle_.intent(run.intent);
  auto& after = to(Move::Kind::write, who);
  after.operators[who].intent = after.operators[who].stale = 0;
  const auto readers = after.replicas;
  for (auto& replica : after.replicas) replica.seen[who] = Served::unlisted;
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
