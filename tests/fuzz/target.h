#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

/// libFuzzer's entry, over a function that takes the bytes.
#define FUZZ_TARGET(check)                                                            \
  extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { \
    check(std::string_view(reinterpret_cast<const char*>(data), size));               \
    return 0;                                                                         \
  }
