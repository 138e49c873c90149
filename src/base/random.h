#pragma once

#include <cstddef>
#include <string>

namespace base {

/// Bytes that nobody can guess.
std::string randomBytes(std::size_t count);

}  // namespace base
