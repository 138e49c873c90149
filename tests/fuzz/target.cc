// One target for libFuzzer: FUZZ_CHECK is a function of check.h.
#include <cstdint>

#include "fuzz/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FUZZ_CHECK(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
