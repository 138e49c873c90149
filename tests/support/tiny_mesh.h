#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/action.h"
#include "plan/plan.h"
#include "support/test_ca.h"
#include "trust/observation.h"

namespace support {

inline plan::NewCa forPlan(const TestCa& ca) {
  return {ca.signer, ca.caCert, ca.certChain};
}

/// The smallest mesh that a rotation can run on: state, and what each action does to it, a little more of it
/// at every look. What it does follows istio.md sections 1 to 3: istiods reload at their own time, agents
/// with the setting take new roots and a new certificate when the bundle's bytes change, others only when
/// they are restarted.
class TinyMesh {
 public:
  explicit TinyMesh(TestCa oldCa, TestCa newCa, bool sail = false);

  trust::Observation observe(bool mounts);
  void perform(const plan::Action& action);

  /// Someone else's bug or edit, for tests that need one.
  trust::Observation& state() { return now_; }
  /// Proxies whose present certificate is refused by another proxy.
  [[nodiscard]] std::size_t brokenPairs() const;
  std::vector<std::string> writes;  // what was done, in order: "create cacerts"
  const TestCa oldCa, newCa;

 private:
  void tick();
  void reload(trust::Istiod& istiod);
  void renew(trust::Proxy& proxy);
  void written();
  [[nodiscard]] const TestCa& signerOf(const std::string& caCert) const;
  trust::Proxy proxy(const std::string& name, const std::string& workload);

  struct Loaded {
    std::string caCert, bundle;
    bool plugged = false;
  };
  trust::Observation now_;
  std::map<std::string, Loaded> loaded_;           // by istiod uid
  std::map<std::string, std::string> seenBundle_;  // by proxy uid
  trust::Certificates mounted_;                    // in every pod: a look behind the config map
  std::int64_t version_ = 100;
  bool rolling_ = false;  // the next look finds a rollout of istiod in the middle
};

}  // namespace support
