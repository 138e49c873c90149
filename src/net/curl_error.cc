#include "net/curl_error.h"

#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <utility>

#include "net/url.h"

namespace net {

namespace {

using base::Kind;

constexpr const char* addressHint = "check the server address in the kubeconfig and that the API server runs";

std::string reasonOf(const CurlFailure& failure) {
  if (failure.systemError != 0) return std::strerror(int(failure.systemError));
  return failure.detail.empty() ? curl_easy_strerror(failure.code) : failure.detail;
}

/// Without what only says who speaks: "SSL certificate problem: certificate has expired".
std::string withoutPrefix(const std::string& detail) {
  for (const std::string_view prefix : {"SSL certificate problem: ", "SSL: "})
    if (detail.starts_with(prefix)) return detail.substr(prefix.size());
  return detail;
}

/// "... target host name 'kubernetes'", or in the words of another version of curl: "it does not name
/// 'kubernetes'".
std::string missingName(const std::string& detail) {
  const auto end = detail.rfind('\'');
  const auto begin = end == std::string::npos || end == 0 ? end : detail.rfind('\'', end - 1);
  if (begin == std::string::npos || begin == end) return detail;
  return "it does not name " + detail.substr(begin, end + 1 - begin);
}

/// "... SSL routines::sslv3 alert certificate expired, errno 0": "TLS alert 'certificate expired'".
std::string alertOf(const std::string& detail) {
  const auto begin = detail.find("alert ");
  if (begin == std::string::npos) return detail;
  return "TLS alert '" + detail.substr(begin + 6, detail.find(',', begin) - begin - 6) + "'";
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

base::Error unreachable(const CurlFailure& failure) {
  if (failure.proxy.empty()) {
    return {.kind = Kind::unavailable,
            .message = "cannot reach " + failure.server,
            .reason = reasonOf(failure),
            .hint = addressHint};
  }
  return {
      .kind = Kind::unavailable,
      .message = "cannot reach " + failure.server + " through the proxy " + withoutCredentials(failure.proxy),
      .reason = failure.proxyStatus >= 300 ? "the proxy answered " + std::to_string(failure.proxyStatus)
                                           : reasonOf(failure),
      .hint = "check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY in the environment"};
}

base::Error unknownHost(const CurlFailure& failure) {
  return {.kind = Kind::unavailable,
          .message = "cannot reach " + failure.server,
          .reason = failure.detail.empty() ? "its name is not known" : failure.detail,
          .hint = "check the server address in the kubeconfig and the name service (a VPN may be down)"};
}

base::Error notTrusted(const CurlFailure& failure) {
  const std::string detail = withoutPrefix(failure.detail);
  base::Error error{.message = "the certificate of " + failure.server + " is not trusted", .reason = detail};
  switch (failure.verifyResult) {
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      error.reason = "it comes from an unknown CA (" + detail + ")";
      error.hint =
          "check certificate-authority-data in the kubeconfig: it must hold the CA of this API server";
      break;
    case X509_V_ERR_CERT_HAS_EXPIRED:
      error.message = "the certificate of " + failure.server + " has expired";
      error.hint = "renew the API server's certificate, or set the clock of this machine right";
      break;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      error.message = "the certificate of " + failure.server + " is not valid yet";
      error.hint = "set the clock of this machine right";
      break;
    default:
      if (!contains(failure.detail, "name")) break;
      error.message = "the certificate of " + failure.server + " is for another name";
      error.reason = missingName(detail);
      error.hint =
          "use an address in the kubeconfig that the certificate names, or set tls-server-name to such a "
          "name";
  }
  return error;
}

/// Whether the server ended the connection because of our certificate, in the words of OpenSSL's alerts. With
/// TLS 1.3 this comes after the handshake, as an error of the first read.
bool isRefusedCertificate(const CurlFailure& failure) {
  if (failure.code == CURLE_SSL_CLIENTCERT) return true;
  if (!contains(failure.detail, "alert")) return false;
  constexpr std::array<std::string_view, 8> alerts{
      "bad certificate",     "certificate required", "certificate expired",     "certificate unknown",
      "certificate revoked", "unknown ca",           "unsupported certificate", "access denied"};
  return std::any_of(alerts.begin(), alerts.end(),
                     [&](auto alert) { return contains(failure.detail, alert); });
}

base::Error refusedCertificate(const CurlFailure& failure) {
  if (!failure.hasClientCertificate) {
    return {.kind = Kind::forbidden,
            .message = failure.server + " demands a client certificate",
            .reason = alertOf(failure.detail),
            .hint = "the user in the kubeconfig needs client-certificate-data and client-key-data"};
  }
  return {.kind = Kind::forbidden,
          .message = failure.server + " refused the client certificate",
          .reason = alertOf(failure.detail),
          .hint =
              "the certificate of the user in the kubeconfig may have expired or be another cluster's: log "
              "in again"};
}

base::Error handshakeFailed(const CurlFailure& failure) {
  base::Error error{.kind = Kind::unavailable,
                    .message = "no TLS connection to " + failure.server,
                    .reason = reasonOf(failure),
                    .hint = addressHint};
  if (contains(failure.detail, "wrong version number") ||
      contains(failure.detail, "packet length too long") ||
      contains(failure.detail, "record layer failure")) {
    error.kind = Kind::failed;
    error.reason = "it does not speak TLS (" + failure.detail + ")";
    error.hint = "check the scheme and the port of the server address in the kubeconfig";
  } else if (contains(failure.detail, "alert")) {
    error.kind = Kind::failed;
  }
  return error;
}

base::Error brokenOff(const CurlFailure& failure) {
  return {.kind = Kind::unavailable,
          .message = "the connection to " + failure.server + " broke off",
          .reason = reasonOf(failure),
          .hint = "try again: the API server may be restarting"};
}

base::Error wrongInput(const CurlFailure& failure, std::string what, std::string hint) {
  return {.kind = Kind::usage, .message = std::move(what), .reason = failure.detail, .hint = std::move(hint)};
}

}  // namespace

base::Error explain(const CurlFailure& failure) {
  if (isRefusedCertificate(failure)) return refusedCertificate(failure);
  if (!failure.proxy.empty() && failure.proxyStatus >= 300) return unreachable(failure);
  // Many codes of libcurl can't happen to HTTP: one list of the others, not all ninety.
  switch (static_cast<int>(failure.code)) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return unknownHost(failure);
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return unreachable(failure);
    case CURLE_OPERATION_TIMEDOUT: {
      CurlFailure timeout = failure;
      timeout.systemError = 0;
      timeout.detail = "no connection within the time for one (30s)";
      return unreachable(timeout);
    }
    case CURLE_PEER_FAILED_VERIFICATION:
      return notTrusted(failure);
    case CURLE_SSL_CONNECT_ERROR:
      return handshakeFailed(failure);
    case CURLE_SSL_CERTPROBLEM:
      return wrongInput(
          failure, "cannot use the client certificate for " + failure.server,
          "check that client-certificate-data and client-key-data in the kubeconfig belong together");
    case CURLE_SSL_CACERT_BADFILE:
      return wrongInput(
          failure, "cannot use the CA certificate for " + failure.server,
          "check certificate-authority-data in the kubeconfig; without one, install ca-certificates");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return wrongInput(failure, "not a usable server URL: " + failure.server,
                        "check the server address in the kubeconfig");
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
      return brokenOff(failure);
    default:
      return {.message = "the request to " + failure.server + " failed", .reason = reasonOf(failure)};
  }
}

base::Error explainFor(const Target& target, CURL* easy, CurlFailure failure) {
  failure.hasClientCertificate = !target.endpoint->clientCertificatePem.empty();
  failure.server = target.endpoint->url;
  failure.proxy = target.proxy;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &failure.systemError);
  curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &failure.proxyStatus);
  return explain(failure);
}

base::Error explainFor(const Target& target, CURL* easy, CURLcode code, const char* detail) {
  CurlFailure failure{.code = code, .detail = detail};
  curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &failure.verifyResult);
  return explainFor(target, easy, std::move(failure));
}

bool isConnected(CURL* easy) {
  curl_off_t connect = 0, request = 0;  // the second one for a connection that was there already
  curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect);
  curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &request);
  return connect != 0 || request != 0;
}

base::Error explainTimeout(const std::string& server, base::Millis timeout, bool connected) {
  const auto seconds = std::chrono::duration_cast<base::Seconds>(timeout);
  const std::string time = timeout % base::Millis(1000) == base::Millis(0)
                               ? base::formatDuration(seconds)
                               : std::to_string(timeout.count()) + "ms";
  if (!connected) {
    return {.kind = Kind::unavailable,
            .message = "cannot reach " + server,
            .reason = "no connection within " + time,
            .hint = addressHint};
  }
  return {.kind = Kind::unavailable,
          .message = "no answer from " + server,
          .reason = "it did not come within " + time,
          .hint = "a longer --request-timeout may help"};
}

}  // namespace net
