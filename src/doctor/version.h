#pragma once

#include <compare>
#include <optional>
#include <string_view>

namespace doctor {

/// An Istio version, in order: 1.24.4-alpha < 1.24.4-rc.1 < 1.24.4.
struct Version {
  enum class Stage { alpha, beta, candidate, release };
  int major = 0, minor = 0, patch = 0;
  Stage stage = Stage::release;
  auto operator<=>(const Version&) const = default;
};

/// Of an image's tag or a label: "1.24.4", "v1.24.4", "1.24.4-distroless", "1.25.0-rc.1", "1.24.4-asm.2",
/// "1.26-alpha.0f3c" (a build of what will be 1.26.0). What a distributor adds does not count: the fixes are
/// Istio's own. nullopt where it says no patch ("1.24", "latest", a digest, "mesh"): such a tag moves.
std::optional<Version> parseVersion(std::string_view tag);

}  // namespace doctor
