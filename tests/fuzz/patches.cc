// A line of JSON, and a patch for it in the next: as each sort of patch it gives an object or is refused, and
// merging it a second time changes nothing.
#include "rehearsal/patch.h"

#include <cstdlib>

#include "fuzz/check.h"
#include "rehearsal/managed_fields.h"

namespace fuzz {

void checkPatches(std::string_view bytes) {
  const auto newline = bytes.find('\n');
  if (newline == std::string_view::npos) return;
  const auto object = json::parse(bytes.substr(0, newline));
  const auto patch = json::parse(bytes.substr(newline + 1));
  if (!object || !patch) return;
  const auto merged = rehearsal::mergePatch(*object, *patch);
  if (!(rehearsal::mergePatch(merged, *patch) == merged)) std::abort();
  for (const auto& done :
       {rehearsal::jsonPatch(*object, *patch), rehearsal::strategicMergePatch(*object, *patch),
        rehearsal::applyPatch({"", "configmaps", "shop", "a"}, &*object, *patch,
                              {"fuzz", "2026-11-28T00:00:00Z", false})}) {
    if (!done && done.error().code == 0) std::abort();
  }
}

}  // namespace fuzz
