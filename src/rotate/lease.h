#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "kube/api.h"
#include "rotate/progress.h"

namespace rotate {

/// The Lease `istio-ca-rotation` in istiod's namespace: one rotation at a time. Like client-go's leader
/// election it never compares clocks: a lease of someone else's has expired when it has not changed for its
/// duration, watched here.
class Lease {
 public:
  Lease(kube::Api& api, base::Clock& clock, std::string ns);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// Who is told what is waited for (borrowed), and whether a lease that someone holds is taken at once.
  void configure(Progress& progress, bool takeOver);

  /// Claims at the first call (waits out an abandoned lease), renews when a third of the duration has passed,
  /// and with `now` in any case: an update at the version that this holds, so that a lease taken over
  /// meanwhile is noticed. Kind::gate names who holds it. Without `now` an API server that does not answer is
  /// no failure: nothing is written before it is asked again.
  base::Status hold(bool now);
  /// Gives it back, if it is held. Never fails: an abandoned lease expires.
  void release();

 private:
  base::Status claim();
  base::Result<bool> claimOnce();
  base::Status create();
  base::Status free(const json::Value& theirs);
  base::Status watch(const json::Value& theirs);
  base::Status renew();
  base::Status put(json::Value lease);
  [[nodiscard]] bool isOurs(const json::Value& lease) const;
  [[nodiscard]] json::Value spec(const json::Value& lease, const std::string& holder) const;

  kube::Api& api_;
  base::Clock& clock_;
  Progress* progress_ = nullptr;
  bool takeOver_ = false;
  std::string ns_, identity_;
  json::Value held_;  // as last written; null: not held
  base::Millis renewed_{0};
};

}  // namespace rotate
