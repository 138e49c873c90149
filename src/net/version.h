#pragma once

#include <string>

namespace net {

/// Of the library that is loaded, which need not be the one of the build: "libcurl 7.88.1".
std::string libraryVersion();

}  // namespace net
