#include "net/url.h"

#include <curl/curl.h>

#include <memory>

namespace net {

namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlPtr = std::unique_ptr<CURLU, FreeUrl>;

std::string partOf(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

tl::unexpected<base::Error> notUsable(std::string_view text, std::string reason) {
  return base::fail({.kind = base::Kind::usage,
                     .message = "not a usable server URL: " + withoutCredentials(text),
                     .reason = std::move(reason),
                     .hint = "check the server address in the kubeconfig: it looks like https://host:6443"});
}

std::string bracketed(std::string_view host) {
  return host.find(':') == std::string_view::npos ? std::string(host) : "[" + std::string(host) + "]";
}

}  // namespace

std::string Url::hostInUrl() const {
  return bracketed(host);
}

std::string Url::authority() const {
  const bool isDefault = port == (scheme == "https" ? 443 : 80);
  return isDefault ? hostInUrl() : hostInUrl() + ":" + std::to_string(port);
}

std::string Url::text(std::string_view otherHost) const {
  const std::string shown = otherHost.empty() ? hostInUrl() : bracketed(otherHost);
  return scheme + "://" + shown + ":" + std::to_string(port) + basePath;
}

base::Result<Url> parseUrl(std::string_view text) {
  const UrlPtr url(curl_url());
  const CURLUcode code =
      curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_NON_SUPPORT_SCHEME);
  if (code != CURLUE_OK) return notUsable(text, curl_url_strerror(code));
  Url parts{.scheme = partOf(url.get(), CURLUPART_SCHEME),
            .host = partOf(url.get(), CURLUPART_HOST),
            .basePath = partOf(url.get(), CURLUPART_PATH)};
  if (parts.scheme != "https" && parts.scheme != "http") return notUsable(text, "the scheme is not https");
  if (parts.host.empty()) return notUsable(text, "there is no host");
  if (!partOf(url.get(), CURLUPART_USER).empty() || !partOf(url.get(), CURLUPART_QUERY).empty()) {
    return notUsable(text, "a server address has no user and no query");
  }
  if (parts.host.front() == '[') parts.host = parts.host.substr(1, parts.host.size() - 2);
  parts.port = std::atoi(partOf(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT).c_str());
  while (parts.basePath.ends_with('/')) parts.basePath.pop_back();
  return parts;
}

std::string withoutCredentials(std::string_view url) {
  const UrlPtr parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), CURLU_NON_SUPPORT_SCHEME) !=
      CURLUE_OK) {
    const bool mayHold = url.find('@') != std::string_view::npos;
    return mayHold ? "(not shown, it may hold a password)" : "'" + std::string(url.substr(0, 128)) + "'";
  }
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY}) {
    curl_url_set(parsed.get(), part, nullptr, 0);
  }
  return partOf(parsed.get(), CURLUPART_URL);
}

}  // namespace net
