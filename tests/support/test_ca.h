#pragma once

#include <string>

#include "base/clock.h"
#include "pki/issue.h"
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
  /// A workload certificate and what goes out with it, leaf first.
  [[nodiscard]] trust::Certificates issue(const std::string& workload) const;
  /// What an istiod of this CA serves; with `chain` as a plugged-in one does.
  [[nodiscard]] trust::Certificates serve(bool chain) const;
};

}  // namespace support
