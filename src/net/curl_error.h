#pragma once

#include <curl/curl.h>

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "net/curl_failure.h"
#include "net/curl_handle.h"

namespace net {

/// The Error with the kind that http.h promises, in words for a person with a kubeconfig.
base::Error explain(const CurlFailure& failure);

/// No answer before the deadline. `connected`: whether the server was reached at all.
base::Error explainTimeout(const std::string& server, base::Millis timeout, bool connected);

/// The same, read off a handle.
base::Error explainFor(const Target& target, CURL* easy, CURLcode code, const char* detail);
/// For TLS that is not curl's: code, detail and verifyResult are those of the failure.
base::Error explainFor(const Target& target, CURL* easy, CurlFailure failure);
/// Whether the handle has reached its server.
bool isConnected(CURL* easy);

}  // namespace net
