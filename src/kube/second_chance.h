#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace kube {

/// Stands before a conversation and keeps the first refusal from it that another try may turn: 401 where a
/// new credential can be had, and 429. Everything else passes through.
class SecondChance final : public net::Conversation {
 public:
  SecondChance(net::Conversation& inner, bool canRefresh) : inner_(inner), canRefresh_(canRefresh) {}

  std::vector<std::string> onOpen(std::string_view protocol) override;
  std::vector<std::string> onMessage(std::string_view message) override { return inner_.onMessage(message); }
  void onClose(int code, std::string_view reason) override { inner_.onClose(code, reason); }
  void onError(const base::Error& error) override;
  [[nodiscard]] bool done() const override { return again_ || inner_.done(); }

  /// After a round of conversations: whether this one is to be held again. There is no third.
  bool takeSecond();
  [[nodiscard]] bool wantsCredential() const { return again_ && unauthorized_; }
  /// Nothing more is to be done for it.
  [[nodiscard]] bool settled() const { return settled_; }

 private:
  net::Conversation& inner_;
  bool canRefresh_;
  bool opened_ = false, second_ = false, again_ = false, unauthorized_ = false, settled_ = false;
};

}  // namespace kube
