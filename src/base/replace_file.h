#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace base {

/// writeNewFile over whatever is there, for those who were told to: the old file or the new one is there,
/// whole, at every instant.
Status replaceFile(const std::filesystem::path& path, std::string_view bytes);

}  // namespace base
