#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pki/issue.h"
#include "plan/action.h"
#include "plan/plan.h"
#include "trust/observation.h"

namespace support {

inline constexpr base::Time start{base::Seconds{1'780'000'000}};

/// A root with an intermediate below it, or a self-signed CA alone; EC keys, so that tests are quick.
struct TestCa {
  std::string caCert, certChain;
  pki::Certificate root, signer;
  pki::PrivateKey key;

  static TestCa selfSigned(const std::string& organization);
  static TestCa withIntermediate(const std::string& name);
  [[nodiscard]] plan::NewCa forPlan() const { return {signer, caCert, certChain}; }
  /// A workload certificate and what goes out with it, leaf first.
  [[nodiscard]] trust::Certificates issue(const std::string& workload) const;
  /// What an istiod of this CA serves; with `chain` as a plugged-in one does.
  [[nodiscard]] trust::Certificates serve(bool chain) const;
};

/// The smallest mesh that a rotation can run on: state, and what each action does to it, a little more of it at every
/// look. What it does follows istio.md sections 1 to 3: istiods reload at their own time, agents with the setting take
/// new roots and a new certificate when the bundle's bytes change, others only when they are restarted.
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
  std::map<std::string, Loaded> loaded_;                // by istiod uid
  std::map<std::string, std::string> seenBundle_;       // by proxy uid
  trust::Certificates mounted_;                         // in every pod: a look behind the config map
  std::int64_t version_ = 100;
};

}  // namespace support
