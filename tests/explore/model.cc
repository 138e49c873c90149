#include "explore/model.h"

#include "explore/moves.h"

namespace explore {

Model::Model(Pool& pool, Oracle& oracle, Options options) : pool_(pool), oracle_(oracle), options_(options) {}

State Model::first() const {
  const auto content = pool_.selfSigned();
  const auto bundle = pool_.at(content).bundle;
  State state;
  state.distributed = bundle;
  for (std::size_t i = 0; i < static_cast<std::size_t>(options_.replicas); ++i) {
    auto& replica = state.replicas[i];
    replica.up = 1;
    replica.loaded = content;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(options_.proxies); ++i) {
    auto& proxy = state.proxies[i];
    proxy.up = 1;
    proxy.setting = !(options_.unset && i == 0);
    proxy.heard = proxy.setting ? bundle : 0;
    proxy.answered = proxy.mounted = bundle;
    proxy.held = pool_.roots(bundle);
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(options_.operators); ++i) state.operators[i].up = 1;
  return state;
}

void Model::moves(const State& state, std::vector<Step>& into) {
  into.clear();
  Moves moves(*this, state, into);
  moves.mesh();
  moves.program();
  moves.surprises();
}

bool Model::settled(const State& state) {
  scratch_.clear();
  Moves(*this, state, scratch_).mesh();
  return scratch_.empty();
}

State& Model::Moves::to(Move::Kind kind, std::uint8_t who, std::uint8_t whom) {
  into_.push_back({{kind, who, whom}, now_});
  return into_.back().state;
}

State& Model::Moves::surprise(Move::Kind kind, std::uint8_t who, std::uint8_t whom) {
  auto& after = to(kind, who, whom);
  if (options_.surprises != 255) ++after.surprises;
  return after;
}

void Model::Moves::mesh() {
  for (std::uint8_t who = 0; who < mostReplicas; ++who) {
    if (now_.replicas[who].up) istiod(who);
  }
  for (std::uint8_t who = 0; who < mostProxies; ++who) {
    if (now_.proxies[who].up) proxy(who);
  }
}

void Model::Moves::surprises() {
  if (options_.surprises != 255 && now_.surprises >= options_.surprises) return;
  for (std::uint8_t who = 0; who < mostReplicas; ++who) istiodSurprises(who);
  for (std::uint8_t who = 0; who < mostProxies; ++who) proxySurprises(who);
  if (options_.rollback && !now_.back) {
    // The run that went forward is ended; what it had decided is never written.
    auto& after = surprise(Move::Kind::turn);
    after.back = 1;
    forget(after, 0);
  }
}

}  // namespace explore
