#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "kube/api.h"
#include "mesh/observe.h"
#include "rotate/entry.h"
#include "rotate/lease.h"
#include "rotate/world.h"

namespace rotate {

/// The real mesh: observed and changed through the API server. Holds the keys that were read together with
/// the last observation, so that what is written is what was judged.
class Cluster final : public World {
 public:
  /// `api` and `clock` are borrowed. `newKey` is the new CA's key (PEM), empty where no step needs it.
  Cluster(kube::Api& api, base::Clock& clock, std::string istioNamespace, base::Secret newKey);

  base::Result<trust::Observation> observe(bool mounts) override;
  base::Result<trust::Observation> glance(const mesh::Part& part, bool mounts,
                                          const trust::Observation& before) override;
  base::Status perform(const plan::Action& action) override;
  void nudge(const std::vector<kube::PodRef>& pods) override;
  base::Status holdLease(bool checkNow) override;

  /// The very requests that perform() would send for this action after the last observation.
  base::Result<std::vector<kube::Write>> requests(const plan::Action& action) const;
  /// What the last perform() asked for, and what came of it.
  [[nodiscard]] const std::vector<Written>& lastWrite() const { return lastWrite_; }
  Lease& lease() { return lease_; }

 private:
  mesh::ObserveOptions options(bool mounts);

  kube::Api& api_;
  base::Clock& clock_;
  std::string ns_;
  base::Secret newKey_;
  mesh::Reading last_;  // of the observation the CA's secrets alone
  mesh::CaToken caToken_;
  Lease lease_;
  std::vector<Written> lastWrite_;
};

}  // namespace rotate
