#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "plan/target.h"

namespace cli {

/// A CA read from a folder, checked as check-ca does, ready to be put into the mesh.
struct LoadedCa {
  plan::NewCa ca;
  pki::Certificate root;  // the one self-signed root that the signer verifies with
  base::Secret key;       // PEM
};

/// Kind::usage, with every finding that makes it unusable.
base::Result<LoadedCa> loadCa(const std::filesystem::path& folder, base::Time now);

/// The only certificate of a file, which must be a self-signed CA. Kind::usage.
base::Result<pki::Certificate> loadRoot(const std::filesystem::path& file);

}  // namespace cli
