#include <mimalloc.h>

namespace {

// A look at a large mesh takes and frees hundreds of megabytes within seconds; given back to the system as
// soon as mimalloc does it by default, after 10 or 25 ms, they are faulted in again each time. What the
// environment says (MIMALLOC_PURGE_DELAY, MIMALLOC_DECOMMIT_DELAY) goes before this.
constexpr long millisKept = 500;

[[maybe_unused]] const bool isKept = [] {
  mi_option_set_default(ICA_KEPT_FOR, millisKept);
  return true;
}();

}  // namespace
