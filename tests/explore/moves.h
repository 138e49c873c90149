#pragma once

#include "explore/model.h"

namespace explore {

/// The transitions out of one state. Internal to the model: one function for each thing that moves.
class Model::Moves {
 public:
  Moves(Model& model, const State& state, std::vector<Step>& into)
      : model_(model),
        pool_(model.pool_),
        oracle_(model.oracle_),
        options_(model.options_),
        now_(state),
        into_(into) {}

  void mesh();       // what goes on by itself
  void program();    // our operators
  void surprises();  // what may happen

 private:
  void istiod(std::uint8_t who);
  void proxy(std::uint8_t who);
  void operate(std::uint8_t who);
  void write(std::uint8_t who);
  void look(std::uint8_t who);
  void read(std::uint8_t who);
  void decide(std::uint8_t who, const Verdict& verdict);
  static void forget(State& state, std::uint8_t who);
  static void leave(State& state, const Proxy& proxy);
  void istiodSurprises(std::uint8_t who);
  void proxySurprises(std::uint8_t who);

  /// Adds a transition; the state after it is there to be changed.
  State& to(Move::Kind kind, std::uint8_t who = 0, std::uint8_t whom = 0);
  /// The same for an event that counts against the bound.
  State& surprise(Move::Kind kind, std::uint8_t who = 0, std::uint8_t whom = 0);

  [[nodiscard]] bool accepts(const Replica& replica) const;
  void load(Replica& replica, ContentId content) const;
  [[nodiscard]] Replica started(const Replica& before) const;
  void written(State& after, ContentId content, std::uint8_t byWhom) const;
  void certify(Proxy& proxy, const Replica& by) const;
  [[nodiscard]] bool owed() const;
  [[nodiscard]] RootSet both(const Proxy& proxy) const;
  [[nodiscard]] Proxy born(const Replica& by) const;

  Model& model_;
  Pool& pool_;
  Oracle& oracle_;
  const Options& options_;
  const State& now_;
  std::vector<Step>& into_;
};

}  // namespace explore
