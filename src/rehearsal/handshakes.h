#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "rehearsal/leaf.h"
#include "rehearsal/roots.h"

namespace rehearsal {

/// One side of a connection, as it was when it was tried.
struct HandshakeEnd {
  std::string name;  // "shop/client-7f…"
  SharedLeaf certificate;
  SharedRoots roots;
};

struct Handshake {
  HandshakeEnd client, server;
  std::string trustDomain;
  base::Time when;
  base::Millis at;  // the same, as the simulation's elapsed()
};

struct HandshakeOutcome {
  Handshake handshake;
  std::optional<std::string> why;  // that it failed
};

/// Makes handshakes on a thread of its own, while the mesh goes on: what each end holds does not change, so
/// that the outcome is that of the time when it was asked for.
class Handshakes {
 public:
  Handshakes();
  ~Handshakes();
  Handshakes(const Handshakes&) = delete;
  Handshakes& operator=(const Handshakes&) = delete;

  void add(Handshake handshake);
  /// Waits for those of that time or earlier, and gives what is known by then: each once, in the order in
  /// which they were added, which must be that of their times.
  std::vector<HandshakeOutcome> finish(base::Millis until);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable added_, done_;
  std::deque<Handshake> waiting_;
  std::vector<HandshakeOutcome> outcomes_;
  std::optional<base::Millis> busy_;  // with one of that time
  bool over_ = false;
  std::thread thread_;
};

}  // namespace rehearsal
