#pragma once

#include <string>

namespace pki {

/// Of the library that is loaded, which need not be the one of the build: "OpenSSL 3.0.15 3 Sep 2024".
std::string libraryVersion();

}  // namespace pki
