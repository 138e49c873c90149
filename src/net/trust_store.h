#pragma once

#include <functional>
#include <string>

namespace net {

/// Where the system keeps its CAs; empty where there is nothing.
struct TrustStore {
  std::string file{};
  std::string directory{};
  bool operator==(const TrustStore&) const = default;
};

/// $SSL_CERT_FILE and $SSL_CERT_DIR (as Go, so kubectl, reads them), else what curl was built with where that
/// exists, else the first of the places of the usual distributions: a static binary runs on systems that it
/// was not built on.
TrustStore findTrustStore(const std::function<std::string(const char*)>& variable, const TrustStore& builtIn,
                          const std::function<bool(const std::string&)>& exists);
/// Of this system.
TrustStore systemTrustStore();

}  // namespace net
