#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "rehearsal/http_port.h"
#include "rehearsal/leaf.h"
#include "rehearsal/roots.h"

namespace rehearsal {

/// What an Envoy has been given by its agent over SDS, and its admin port.
class Envoy {
 public:
  void take(SharedLeaf certificate, base::Time now, base::Millis fraction);
  void take(SharedRoots roots, base::Time now, base::Millis fraction);
  /// It can make and take connections of the mesh.
  [[nodiscard]] bool complete() const { return certificate_ != nullptr && roots_ != nullptr; }
  [[nodiscard]] const SharedLeaf& certificate() const { return certificate_; }
  [[nodiscard]] const SharedRoots& roots() const { return roots_; }
  /// Grows with each secret that it takes.
  [[nodiscard]] std::uint64_t updates() const { return updates_; }

  /// A GET to its admin port: /config_dump in Envoy's words (envoy: api/envoy/admin/v3/config_dump.proto),
  /// /ready, /certs; 404 for what it does not know.
  [[nodiscard]] HttpAnswer get(std::string_view path) const;

 private:
  struct Version {
    std::string version, updated;
  };
  Version next(base::Time now, base::Millis fraction);

  SharedLeaf certificate_{};
  SharedRoots roots_{};
  Version certificateVersion_{}, rootsVersion_{};
  std::uint64_t updates_ = 0;
};

}  // namespace rehearsal
