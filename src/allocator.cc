#include <mimalloc.h>

namespace {

/// How long freed memory is kept for what comes next, in milliseconds. A look at a large mesh takes and frees
/// hundreds of megabytes within seconds; given back to the system after 25 ms, as mimalloc does by default,
/// they are faulted in again each time. MIMALLOC_DECOMMIT_DELAY, or MIMALLOC_PURGE_DELAY, says otherwise.
constexpr long keptFor = 500;

[[maybe_unused]] const bool isKept = [] {
#if MI_MALLOC_VERSION < 210
  mi_option_set_default(mi_option_decommit_delay, keptFor);
#else
  mi_option_set_default(mi_option_purge_delay, keptFor);
#endif
  return true;
}();

}  // namespace
