#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pki/certificate.h"

namespace pki {

// Edits of a root bundle as bytes. Istio 1.20 to 1.29 reload a bundle only if the bytes of the old one
// contain the new one or the other way round (bytes.Contains; istio.md 1), and every agent re-issues when the
// bytes change: so bytes that are in a mesh are kept as they are, what is added goes to the end, in canonical
// PEM.

/// The bundle with one root more at its end; a missing final newline is added first. The result is parsed
/// again, strictly. Errors: usage (the bundle is not strict PEM).
base::Result<std::string> appendRoot(std::string_view bundle, const Certificate& root);

/// The bundles to write, one after the other, to get from `current` to one that holds exactly `finalRoots`
/// (at least one): each contains, or is contained in, the one before. One step where the final roots already
/// stand together in `current` (one before it, if the file's last newline is missing); else two: they are
/// appended whole, then all before them is cut off. Empty if `current` holds exactly these roots already,
/// however often.
base::Result<std::vector<std::string>> bundlePath(std::string_view current,
                                                  const std::vector<Certificate>& finalRoots);

}  // namespace pki
