#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace base {

/// The whole file, or standard input for "-". Fails with Kind::usage and the system's reason; refuses more
/// than 256 MiB.
Result<std::string> readFile(const std::filesystem::path& path);
Result<Secret> readSecretFile(const std::filesystem::path& path);

/// Creates a new file with mode 0600, atomically: it appears whole or not at all, and an existing file is
/// never overwritten (fails with Kind::usage).
Status writeNewFile(const std::filesystem::path& path, std::string_view bytes);

/// Creates a directory (and its parents) with mode 0700 where it does not exist.
Status makeDirectory(const std::filesystem::path& path);

}  // namespace base
