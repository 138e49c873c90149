#pragma once

#include <curl/curl.h>

#include <string>

namespace net {

/// What curl tells of a request that got no response.
struct CurlFailure {
  CURLcode code = CURLE_OK;
  std::string detail{};   // CURLOPT_ERRORBUFFER
  long systemError = 0;   // CURLINFO_OS_ERRNO
  long verifyResult = 0;  // CURLINFO_SSL_VERIFYRESULT, OpenSSL's
  long proxyStatus = 0;   // CURLINFO_HTTP_CONNECTCODE
  bool hasClientCertificate = false;
  std::string server{};  // "https://host:6443"
  std::string proxy{};   // "" for none
};

}  // namespace net
