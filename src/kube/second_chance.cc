#include "kube/second_chance.h"

#include "kube/status.h"

namespace kube {

std::vector<std::string> SecondChance::onOpen(std::string_view protocol) {
  opened_ = true;
  return inner_.onOpen(protocol);
}

void SecondChance::onError(const base::Error& error) {
  unauthorized_ = error.message.ends_with(upgradeUnauthorized) && canRefresh_;
  again_ = !opened_ && !second_ && (unauthorized_ || error.message.ends_with(upgradeTooMany));
  if (!again_) inner_.onError(error);
}

bool SecondChance::takeSecond() {
  settled_ = !again_;
  second_ = true;
  again_ = false;
  return !settled_;
}

}  // namespace kube
