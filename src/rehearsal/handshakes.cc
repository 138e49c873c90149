#include "rehearsal/handshakes.h"

#include <algorithm>
#include <utility>

#include "base/parallel.h"
#include "pki/mutual_handshake.h"

namespace rehearsal {

namespace {

pki::TlsEnd tlsEnd(const HandshakeEnd& end) {
  return {end.certificate->chain(), end.certificate->key(), end.roots->store};
}

}  // namespace

Handshakes::Handshakes() {
  constexpr std::size_t many = 1000;
  const auto threads = std::max<std::size_t>(base::threadsFor(many, 1), 1);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

Handshakes::~Handshakes() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  added_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Handshakes::add(Handshake handshake) {
  {
    const std::lock_guard lock(mutex_);
    asked_.push_back({{std::move(handshake), std::nullopt}});
  }
  added_.notify_one();
}

bool Handshakes::allDone(base::Millis until) const {
  for (const auto& asked : asked_) {
    if (asked.outcome.handshake.at > until) return true;
    if (!asked.done) return false;
  }
  return true;
}

std::vector<HandshakeOutcome> Handshakes::finish(base::Millis until) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return allDone(until); });
  std::vector<HandshakeOutcome> outcomes;
  for (; !asked_.empty() && asked_.front().done; --next_) {
    outcomes.push_back(std::move(asked_.front().outcome));
    asked_.pop_front();
  }
  return outcomes;
}

void Handshakes::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    added_.wait(lock, [this] { return over_ || next_ < asked_.size(); });
    if (over_) return;
    auto& mine = asked_[next_++];  // stays where it is until it is done
    lock.unlock();
    const auto& [client, server, trustDomain, when, at] = mine.outcome.handshake;
    auto why = pki::whyNoHandshake(tlsEnd(client), tlsEnd(server), trustDomain, when);
    lock.lock();
    mine.outcome.why = std::move(why);
    mine.done = true;
    done_.notify_all();
  }
}

}  // namespace rehearsal
