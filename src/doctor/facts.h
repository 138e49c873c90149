#pragma once

#include <map>
#include <string>
#include <vector>

#include "doctor/finding.h"
#include "trust/judge.h"
#include "trust/observation.h"

namespace doctor {

/// Something that a command needs and this user may not do.
struct Denied {
  std::string what;                   // "patch secrets \"cacerts\" in istio-system"
  std::vector<std::string> commands;  // that need it: "rotate", "add-root"
  std::string purpose;                // "write the CA"
  bool needed = false;                // by what is about to be done; else worth knowing
};

/// What hazards are recognised by: an observation, what this user may not do, and what several hazards derive
/// from them, once. Borrows the observation.
class Facts {
 public:
  explicit Facts(const trust::Observation& observation, std::vector<Denied> refused = {});

  const trust::Observation& mesh;
  const std::vector<Denied> denied;

  /// The secrets, nullptr if they are not there or could not be read.
  [[nodiscard]] const trust::CaSecret* cacerts() const;
  [[nodiscard]] const trust::CaSecret* selfSigned() const;
  /// All CA secrets that were read: cacerts, istio-ca-secret and backups.
  [[nodiscard]] std::vector<const trust::CaSecret*> secrets() const;
  /// What istiods sign with, as far as the secrets say: cacerts, else istio-ca-secret; nullptr if neither.
  [[nodiscard]] const trust::CaSecret* current() const { return cacerts() ? cacerts() : selfSigned(); }
  /// Distinct roots in all CA secrets, with the name of the first secret that holds each.
  [[nodiscard]] const std::vector<std::pair<pki::Certificate, std::string>>& roots() const { return roots_; }
  [[nodiscard]] trust::Certificates rootSet() const;
  /// Proxies that were read.
  [[nodiscard]] const std::vector<const trust::Proxy*>& read() const { return read_; }
  /// A proxy that has to be restarted for the setting of the mesh config.
  [[nodiscard]] bool needsRestart(const trust::Proxy& proxy) const;
  /// Remembers verifications; not part of what this is.
  [[nodiscard]] trust::Judge& judge() const { return judge_; }

 private:
  std::vector<std::pair<pki::Certificate, std::string>> roots_;
  std::vector<const trust::Proxy*> read_;
  mutable trust::Judge judge_;
};

std::string nameOf(const trust::CaSecret& secret);
/// "Deployment shop/server".
std::string nameOf(const trust::Workload& workload);

}  // namespace doctor
