#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "rehearsal/mesh.h"

namespace rehearsal {

/// One handshake that failed.
struct FailedHandshake {
  base::Time when;
  std::string client, server;  // "shop/client-7f…"
  /// "the client does not trust the server's certificate: unable to get local issuer certificate (…)"
  std::string why;
};

struct TrafficReport {
  std::int64_t tried = 0, failed = 0;
  base::Time since{}, until{};
  std::map<std::string, std::int64_t> reasons{};  // how often each
  std::vector<FailedHandshake> first{};           // the first failures, at most `kept`
  static constexpr std::size_t kept = 50;
};

struct TrafficOptions {
  /// Handshakes between random pairs at each look at the mesh, besides those that are due.
  int random = 4;
  /// From one look to the next while something changes, and the longest while nothing does.
  base::Millis shortest{250}, longest{60'000};
  /// Up to so many ready proxies each ordered pair of them is tried anew when one of the two has changed; in
  /// larger meshes one pair for each pair of classes: who presents the same signer's certificates and trusts
  /// the same roots is one class.
  std::size_t everyPair = 16;
};

/// The requests of the mesh: mutual TLS handshakes between proxies that are ready, in memory, at the time of
/// the simulation. Nothing is decided by comparing: what counts is what OpenSSL says at both ends.
class Traffic {
 public:
  /// Borrows both. Starts to look once begin() is called.
  Traffic(Mesh& mesh, TrafficOptions options = {});
  ~Traffic();
  void begin();
  [[nodiscard]] const TrafficReport& report() const;
  /// All pairs that are due now; for the end of a rehearsal and for tests.
  void look();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rehearsal
