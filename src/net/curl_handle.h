#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "net/http.h"
#include "net/tls_link.h"
#include "net/tls_material.h"
#include "net/url.h"

namespace net {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
/// Cleanses: a list of headers may hold the token.
struct FreeList {
  void operator()(curl_slist* list) const;
};
struct FreeShare {
  void operator()(CURLSH* share) const { curl_share_cleanup(share); }
};
using EasyPtr = std::unique_ptr<CURL, FreeEasy>;
using MultiPtr = std::unique_ptr<CURLM, FreeMulti>;
using ListPtr = std::unique_ptr<curl_slist, FreeList>;
using SharePtr = std::unique_ptr<CURLSH, FreeShare>;

ListPtr append(ListPtr list, const std::string& line);

/// An endpoint as curl is told of it: URL and proxy decided once, for all requests.
struct Target {
  const Endpoint* endpoint = nullptr;  // borrowed: its certificate and key are given to curl without a copy
  Url url;
  std::string proxy{};
  ListPtr connectTo{};
  /// TLS sessions: a fleet of streams to one server verifies it, and is verified by it, once.
  SharePtr sessions{};
  TlsMaterial tls{};
  /// For streams; null where curl does their TLS.
  std::unique_ptr<TlsContext> streamTls{};

  /// The URL's host has to be this: with tls-server-name, curl verifies that name and we connect elsewhere.
  [[nodiscard]] std::string urlFor(const std::string& path) const;
  /// For a connection to the server without TLS, or with that of curl.
  [[nodiscard]] std::string streamUrl() const;
};
base::Result<Target> makeTarget(const Endpoint& endpoint);
/// With what its streams share; for one thread.
base::Result<Target> makeStreamTarget(const Endpoint& endpoint);

/// Sets everything of the endpoint on a new handle: addresses, trust, client certificate, proxy; no
/// redirects, no signals, nothing from ~/.netrc or the environment.
void applyTarget(CURL* easy, const Target& target);
/// The part that decides whom we trust. With a CA, that CA alone: CAPATH, which Debian compiles in, is
/// cleared.
void applyTrust(CURL* easy, const Endpoint& endpoint);

}  // namespace net
