#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/curl_failure.h"
#include "net/tls_material.h"

struct ssl_st;
struct ssl_ctx_st;
struct ssl_session_st;

namespace net {

struct FreeSsl {
  void operator()(ssl_st* ssl) const;
  void operator()(ssl_ctx_st* context) const;
  void operator()(ssl_session_st* session) const;
};

/// What the TLS of many streams to one server shares: whom it trusts, the client certificate, and the last
/// session. curl sets that up anew for each connection, which takes a quarter of the processor time of a
/// stream (SSL_CTX_new of OpenSSL 3.0). For one thread.
class TlsContext {
 public:
  /// Null where the material does not say whom to trust, or OpenSSL cannot: then it is all for curl to do, or
  /// to say what is wrong. `serverName`, a name or an address, is sent (SNI) and verified.
  static std::unique_ptr<TlsContext> make(const TlsMaterial& material, const std::string& serverName);
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

 private:
  friend class TlsLink;
  TlsContext() = default;
  static int keep(ssl_st* ssl, ssl_session_st* session);

  std::string serverName_, sni_;  // the latter is empty for an address
  std::unique_ptr<ssl_ctx_st, FreeSsl> context_;
  std::unique_ptr<ssl_session_st, FreeSsl> session_;
};

/// The client's side of TLS (1.2 or later, HTTP/1.1 by ALPN) over a connection that curl has made with
/// CONNECT_ONLY; the server is verified as curl does it. Says farewell when it is destroyed.
class TlsLink {
 public:
  /// Or what went wrong, as curl would have said it.
  template <class T>
  using Result = tl::expected<T, CurlFailure>;

  /// Both are borrowed.
  TlsLink(TlsContext& context, CURL* easy);
  ~TlsLink();
  TlsLink(const TlsLink&) = delete;
  TlsLink& operator=(const TlsLink&) = delete;

  /// Goes on with the handshake; true when it is complete.
  Result<bool> handshake();
  /// It goes on when the connection takes bytes, and not when it gives some.
  [[nodiscard]] bool wantsWrite() const;
  /// How many bytes were taken; 0 if none can be now.
  Result<std::size_t> write(std::string_view bytes);
  /// How many bytes it gives; 0 if there are none now, nullopt at the end of the stream.
  Result<std::optional<std::size_t>> read(char* to, std::size_t room);

 private:
  void resume(ssl_session_st* session);
  tl::unexpected<CurlFailure> broken(CURLcode code);

  const TlsContext& context_;
  std::unique_ptr<ssl_st, FreeSsl> ssl_;
  bool established_ = false;
};

}  // namespace net
