#include "net/trust_store.h"

#include <curl/curl.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace net {

namespace {

constexpr std::array<const char*, 6> files{
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Ubuntu, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora, RHEL
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/ssl/cert.pem",                                  // macOS, BSD, Alpine
    "/usr/local/share/certs/ca-root-nss.crt",             // FreeBSD
};

std::string orEmpty(const char* text) {
  return text == nullptr ? "" : text;
}

}  // namespace

TrustStore findTrustStore(const std::function<std::string(const char*)>& variable, const TrustStore& builtIn,
                          const std::function<bool(const std::string&)>& exists) {
  const TrustStore wanted{.file = variable("SSL_CERT_FILE"), .directory = variable("SSL_CERT_DIR")};
  if (wanted != TrustStore{}) return wanted;
  TrustStore found;
  if (!builtIn.file.empty() && exists(builtIn.file)) found.file = builtIn.file;
  if (!builtIn.directory.empty() && exists(builtIn.directory)) found.directory = builtIn.directory;
  if (!found.file.empty()) return found;
  for (const char* file : files)
    if (exists(file)) return {.file = file, .directory = found.directory};
  return found;
}

TrustStore systemTrustStore() {
  const auto* curl = curl_version_info(CURLVERSION_NOW);
  return findTrustStore([](const char* name) { return orEmpty(std::getenv(name)); },
                        {.file = orEmpty(curl->cainfo), .directory = orEmpty(curl->capath)},
                        [](const std::string& path) { return access(path.c_str(), R_OK) == 0; });
}

}  // namespace net
