#include "net/curl_handle.h"

#include <cstring>

#include "base/secret.h"
#include "net/proxy.h"
#include "net/trust_store.h"

namespace net {

namespace {

constexpr long connectTimeoutMillis = 30'000;  // Go's dialer, so kubectl's
constexpr long oneDay = 86'400;

/// For curl to read while the handle lives: nothing is copied, so that no copy of a key stays behind.
curl_blob borrow(std::string_view bytes) {
  return {.data = const_cast<char*>(bytes.data()), .len = bytes.size(), .flags = CURL_BLOB_NOCOPY};
}

const char* orNull(const std::string& text) {
  return text.empty() ? nullptr : text.c_str();
}

const TrustStore& systemStore() {
  static const TrustStore store = systemTrustStore();
  return store;
}

/// An https proxy is not of the cluster: it is verified with the system's roots.
void applyProxy(CURL* easy, const std::string& proxy) {
  curl_easy_setopt(easy, CURLOPT_PROXY, proxy.c_str());  // "" is none, whatever the environment says
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (!proxy.starts_with("https:")) return;
  curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, orNull(systemStore().file));
  curl_easy_setopt(easy, CURLOPT_PROXY_CAPATH, orNull(systemStore().directory));
}

void applyClientCertificate(CURL* easy, const Endpoint& endpoint) {
  if (endpoint.clientCertificatePem.empty()) return;
  curl_blob certificate = borrow(endpoint.clientCertificatePem);
  curl_blob key = borrow(endpoint.clientKeyPem.reveal());
  curl_easy_setopt(easy, CURLOPT_SSLCERTTYPE, "PEM");
  curl_easy_setopt(easy, CURLOPT_SSLKEYTYPE, "PEM");
  curl_easy_setopt(easy, CURLOPT_SSLCERT_BLOB, &certificate);
  curl_easy_setopt(easy, CURLOPT_SSLKEY_BLOB, &key);
}

void allowOnlyHttp(CURL* easy) {
#if LIBCURL_VERSION_NUM >= 0x075500
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS, long(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

}  // namespace

void FreeList::operator()(curl_slist* list) const {
  for (curl_slist* item = list; item != nullptr; item = item->next)
    base::cleanse(item->data, std::strlen(item->data));
  curl_slist_free_all(list);
}

ListPtr append(ListPtr list, const std::string& line) {
  curl_slist* head = curl_slist_append(list.get(), line.c_str());
  if (head == nullptr) throw std::bad_alloc();
  static_cast<void>(list.release());
  return ListPtr(head);
}

std::string Target::urlFor(const std::string& path) const {
  return (connectTo ? url.text(endpoint->tlsServerName) : url.text()) + path;
}

std::string Target::streamUrl() const {
  if (!streamTls) return urlFor("/");
  Url plain = url;
  plain.scheme = "http";
  return plain.text() + "/";
}

base::Result<Target> makeTarget(const Endpoint& endpoint) {
  TRY_ASSIGN(Url url, parseUrl(endpoint.url));
  TRY_ASSIGN(std::string proxy, chooseProxy(url, endpoint.proxyUrl, proxyEnvironment()));
  Target target{.endpoint = &endpoint, .url = std::move(url), .proxy = std::move(proxy)};
  target.tls = TlsMaterial(endpoint, target.proxy);
  target.sessions.reset(curl_share_init());
  curl_share_setopt(target.sessions.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  if (!endpoint.tlsServerName.empty() && target.url.scheme == "https") {
    const std::string port = ":" + std::to_string(target.url.port);
    Url named = target.url;
    named.host = endpoint.tlsServerName;
    target.connectTo = append(nullptr, named.hostInUrl() + port + ":" + target.url.hostInUrl() + port);
  }
  return target;
}

base::Result<Target> makeStreamTarget(const Endpoint& endpoint) {
  TRY_ASSIGN(Target target, makeTarget(endpoint));
  const auto& name = endpoint.tlsServerName.empty() ? target.url.host : endpoint.tlsServerName;
  if (target.url.scheme == "https") target.streamTls = TlsContext::make(target.tls, name);
  return target;
}

void applyTrust(CURL* easy, const Endpoint& endpoint) {
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, long(CURL_SSLVERSION_TLSv1_2));
  if (endpoint.insecureSkipVerify) {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  } else if (endpoint.caPem) {
    curl_blob ca = borrow(*endpoint.caPem);
    curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    curl_easy_setopt(easy, CURLOPT_CAINFO_BLOB, &ca);
  } else {
    curl_easy_setopt(easy, CURLOPT_CAINFO, orNull(systemStore().file));
    curl_easy_setopt(easy, CURLOPT_CAPATH, orNull(systemStore().directory));
  }
}

void applyTarget(CURL* easy, const Target& target) {
  allowOnlyHttp(easy);
  if (target.sessions) curl_easy_setopt(easy, CURLOPT_SHARE, target.sessions.get());
  applyTrust(easy, *target.endpoint);
  if (!target.tls.applyTo(easy)) applyClientCertificate(easy, *target.endpoint);
  if (target.connectTo) curl_easy_setopt(easy, CURLOPT_CONNECT_TO, target.connectTo.get());
  applyProxy(easy, target.proxy);
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NETRC, long(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, connectTimeoutMillis);
  // A connection that a stream uses counts as idle in curl's pool, which would close it after two minutes.
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, oneDay);
#if LIBCURL_VERSION_NUM >= 0x075700
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // don't wait for a resolver that hangs
#endif
}

}  // namespace net
