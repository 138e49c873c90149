#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/action.h"
#include "trust/observation.h"

namespace rotate {

/// Notices within one run that someone else has deleted or changed `cacerts`: its content has to be what was
/// first seen or what this run has written since. (Across runs the mesh alone counts: any proven state is a
/// stage.)
class CaSecretWatch {
 public:
  /// Before a write: the content that it would give. It may arrive even if its answer was lost.
  void willWrite(const plan::Action& action);
  /// The write was refused: it will not arrive.
  void refused();
  /// What is wrong with the secret as seen now; nullopt if it is as this run knows it.
  std::optional<base::Error> look(const trust::Observation& observation);

 private:
  struct Content {
    std::string caCert, certChain, rootCert, key;  // key: its public key's fingerprint
    bool operator==(const Content&) const = default;
  };
  using State = std::optional<Content>;  // none: the secret is not there

  static State stateOf(const trust::Observation& observation);

  std::optional<State> known_;
  std::string oldKey_;  // of istio-ca-secret
  std::vector<State> intended_;
};

}  // namespace rotate
