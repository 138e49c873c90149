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

/// Makes handshakes on threads of its own, while the mesh goes on: what each end holds does not change, so
/// that the outcome is that of the time when it was asked for.
class Handshakes {
 public:
  Handshakes();
  ~Handshakes();
  Handshakes(const Handshakes&) = delete;
  Handshakes& operator=(const Handshakes&) = delete;

  void add(Handshake handshake);
  /// Waits for those of that time or earlier, and gives what is known by then, up to the first that is not:
  /// each once, in the order in which they were added, which must be that of their times.
  std::vector<HandshakeOutcome> finish(base::Millis until);

 private:
  struct Asked {
    HandshakeOutcome outcome;
    bool done = false;
  };

  void work();
  [[nodiscard]] bool allDone(base::Millis until) const;

  std::mutex mutex_;
  std::condition_variable added_, done_;
  std::deque<Asked> asked_;
  std::size_t next_ = 0;  // of asked_, to be made; those before are done, or in the hands of a thread
  bool over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rehearsal
