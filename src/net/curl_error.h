#pragma once

#include <curl/curl.h>

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/curl_handle.h"

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

/// The Error with the kind that http.h promises, in words for a person with a kubeconfig.
base::Error explain(const CurlFailure& failure);

/// No answer before the deadline. `connected`: whether the server was reached at all.
base::Error explainTimeout(const std::string& server, base::Millis timeout, bool connected);

/// The same, read off a handle.
base::Error explainFor(const Target& target, CURL* easy, CURLcode code, const char* detail);
base::Error explainFor(const Target& target, CURL* easy, const TlsFailure& tls);
/// Whether the handle has reached its server.
bool isConnected(CURL* easy);

}  // namespace net
