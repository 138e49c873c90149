#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "support/test_ca.h"
#include "trust/observation.h"

namespace explore {

/// Which CA: the old self-signed one or the new one with its intermediate.
enum class Ca : std::uint8_t { old, fresh };
/// A set of roots: bit 0 the old one, bit 1 the new one.
using RootSet = std::uint8_t;
/// Bytes of a bundle, by the order in which they were first met; 0 is none at all.
using BundleId = std::uint8_t;
/// What a CA secret holds, likewise; 0 is no secret.
using ContentId = std::uint8_t;

struct Content {
  Ca signer = Ca::old;
  BundleId bundle = 0;
  bool operator==(const Content&) const = default;
};

/// Real keys, certificates and bundles, each made once: a state of the model names them by number, and the
/// code under test gets the real things.
class Pool {
 public:
  Pool();

  /// Errors end the program: a bundle that does not parse is a bug of the plan that nothing may be built on.
  BundleId bundle(const std::string& bytes);
  ContentId content(Content of);
  [[nodiscard]] const std::string& bytes(BundleId id) const { return bundles_[id].bytes; }
  [[nodiscard]] RootSet roots(BundleId id) const { return bundles_[id].roots; }
  [[nodiscard]] const Content& at(ContentId id) const { return contents_[id]; }
  /// One's bytes are part of the other's (istio 1.20 to 1.29: the stricter rule; istio_ca.go:361-367 compares
  /// sets since 1.30).
  [[nodiscard]] bool related(BundleId one, BundleId other) const;
  [[nodiscard]] std::size_t bundles() const { return bundles_.size() - 1; }

  [[nodiscard]] const support::TestCa& ca(Ca which) const { return which == Ca::old ? old_ : new_; }
  [[nodiscard]] const trust::Certificates& set(RootSet roots) const { return sets_[roots]; }
  [[nodiscard]] const trust::Certificates& leaf(Ca signer) const { return leaves_[index(signer)]; }
  /// What an istiod serves; a plugged-in one with its chain.
  [[nodiscard]] const trust::Certificates& serving(Ca signer, bool plugged) const;
  /// The content of istio-ca-secret: what a self-signed istiod runs with.
  [[nodiscard]] ContentId selfSigned() const { return selfSigned_; }
  [[nodiscard]] trust::CaSecret secret(ContentId content, const std::string& name) const;

  /// "O+N+N"; "nothing".
  [[nodiscard]] std::string describe(BundleId id) const;
  [[nodiscard]] std::string describeSet(RootSet roots) const;
  static const char* name(Ca which) { return which == Ca::old ? "O" : "N"; }

 private:
  static std::size_t index(Ca which) { return static_cast<std::size_t>(which); }

  struct Bundle {
    std::string bytes, name;
    RootSet roots = 0;
    std::vector<bool> related{};  // to each with a smaller number, and itself
  };
  support::TestCa old_, new_;
  std::array<trust::Certificates, 4> sets_;
  std::array<trust::Certificates, 2> leaves_, plugged_, alone_;
  std::vector<Bundle> bundles_{Bundle{}};
  std::vector<Content> contents_{Content{}};
  ContentId selfSigned_ = 0;
};

}  // namespace explore
