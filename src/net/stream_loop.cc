#include "net/stream_loop.h"

#include <algorithm>
#include <list>

#include "base/interrupt.h"
#include "base/secret.h"
#include "net/curl_error.h"
#include "net/header.h"
#include "net/session.h"

namespace net {

namespace {

using base::Millis;

/// One dialogue: its connection, its session, and the bytes between them.
class Held {
 public:
  Held(StreamHandles& handles, Dialogue dialogue, Millis started, Millis timeout)
      : target_(handles.target()),
        started_(started),
        timeout_(timeout),
        stream_(handles),
        session_(withTarget(target_, std::move(dialogue))) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { base::cleanse(writing_); }

  void addTo(std::vector<pollfd>& fds) const { stream_.addTo(fds, !writing_.empty()); }
  [[nodiscard]] Millis wakeAt() const {
    if (moreToRead_) return Millis(0);
    return std::min(started_ + timeout_, stream_.wakeAt().value_or(Millis::max()));
  }

  /// Does what can be done now.
  void step(const std::vector<pollfd>& fds, Millis now) {
    if (!stream_.connected()) {
      const auto connected = stream_.connect(fds, now);
      if (!connected) return session_.onFailure(connected.error());
      if (*connected) session_.onConnected();
    }
    if (stream_.connected()) {
      write();
      read();
      write();
    }
    if (!session_.ended() && now >= started_ + timeout_) {
      session_.onFailure(explainTimeout(target_.endpoint->url, timeout_, stream_.reached()));
    }
  }

  [[nodiscard]] bool ended() const { return session_.ended(); }
  [[nodiscard]] std::string traceLine(Millis now) const {
    const auto status = session_.status();
    return "WEBSOCKET " + target_.endpoint->url + session_.dialogue().request.path + " " +
           (status == 0 ? "-" : std::to_string(status)) + " " + std::to_string((now - started_).count()) +
           "ms";
  }

 private:
  static Session withTarget(const Target& target, Dialogue dialogue) {
    std::string path = target.url.basePath + dialogue.request.path;
    return {std::move(dialogue), std::move(path), target.url.authority()};
  }

  /// TLS wants the very same bytes again after it could not take them: they stay as they are until they are
  /// sent.
  void write() {
    while (true) {
      if (written_ == writing_.size()) {
        base::cleanse(writing_);  // the upgrade's hold the token
        written_ = 0;
        writing_ = session_.takeOutput();
        if (writing_.empty()) return;
      }
      const auto taken = stream_.write(std::string_view(writing_).substr(written_));
      if (!taken) return session_.onFailure(taken.error());
      if (*taken == 0) return;
      written_ += *taken;
    }
  }

  /// Until there is nothing more, for TLS may hold bytes that poll can't see; but not so long that others
  /// starve.
  void read() {
    moreToRead_ = false;
    for (int turn = 0; turn < 32; ++turn) {
      if (session_.ended()) return;
      const auto bytes = stream_.read();
      if (!bytes) return session_.onFailure(bytes.error());
      if (!*bytes) return session_.onEnd();
      if ((*bytes)->empty()) return;
      session_.onBytes(**bytes);
    }
    moreToRead_ = true;
  }

  const Target& target_;
  Millis started_, timeout_;
  CurlStream stream_;
  Session session_;
  std::string writing_;
  std::size_t written_ = 0;
  bool moreToRead_ = false;
};

/// Sleeps until something is ready or due.
std::vector<pollfd> waitForAny(const std::list<Held>& all, Millis now) {
  std::vector<pollfd> fds{{base::interruptFd(), POLLIN, 0}};
  Millis wake = now + Millis(60'000);
  for (const auto& held : all) {
    held.addTo(fds);
    wake = std::min(wake, held.wakeAt());
  }
  static_cast<void>(poll(fds.data(), fds.size(), int(std::max(wake - now, Millis(0)).count())));
  fds.erase(fds.begin());
  return fds;
}

}  // namespace

base::Status holdDialogues(const Target& target, std::vector<Dialogue> dialogues, std::size_t inFlight,
                           Millis defaultTimeout, Trace trace) {
  const base::SystemClock clock;
  StreamHandles handles(target);
  std::list<Held> active;
  std::size_t next = 0;
  while (next < dialogues.size() || !active.empty()) {
    TRY(base::checkInterrupt());
    for (; next < dialogues.size() && active.size() < inFlight; ++next) {
      auto& dialogue = dialogues[next];
      if (const auto good = checkRequest(dialogue.request); !good) {
        dialogue.conversation->onError(good.error());
        continue;
      }
      const Millis timeout = dialogue.request.timeout > Millis(0) ? dialogue.request.timeout : defaultTimeout;
      active.emplace_back(handles, std::move(dialogue), clock.elapsed(), timeout);
    }
    if (active.empty()) continue;
    const auto fds = waitForAny(active, clock.elapsed());
    const Millis now = clock.elapsed();
    for (auto held = active.begin(); held != active.end();) {
      held->step(fds, now);
      if (held->ended() && trace != nullptr) trace(held->traceLine(now));
      held = held->ended() ? active.erase(held) : std::next(held);
    }
  }
  return {};
}

}  // namespace net
