#include "rehearsal/handshakes.h"

#include <utility>

#include "pki/mutual_handshake.h"

namespace rehearsal {

namespace {

pki::TlsEnd tlsEnd(const HandshakeEnd& end) {
  return {end.certificate->chain(), end.certificate->key(), end.roots->store};
}

}  // namespace

Handshakes::Handshakes() : thread_([this] { work(); }) {}

Handshakes::~Handshakes() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  added_.notify_one();
  thread_.join();
}

void Handshakes::add(Handshake handshake) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(handshake));
  }
  added_.notify_one();
}

std::vector<HandshakeOutcome> Handshakes::finish(base::Millis until) {
  std::unique_lock lock(mutex_);
  done_.wait(lock,
             [&] { return (!busy_ || *busy_ > until) && (waiting_.empty() || waiting_.front().at > until); });
  return std::exchange(outcomes_, {});
}

void Handshakes::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    added_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (over_) return;
    auto handshake = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = handshake.at;
    lock.unlock();
    auto why = pki::whyNoHandshake(tlsEnd(handshake.client), tlsEnd(handshake.server), handshake.trustDomain,
                                   handshake.when);
    lock.lock();
    busy_.reset();
    outcomes_.push_back({std::move(handshake), std::move(why)});
    done_.notify_all();
  }
}

}  // namespace rehearsal
