#include "pki/tls_client.h"

#include <openssl/ssl.h>

#include "pki/openssl.h"

namespace pki {

namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;

}  // namespace

struct TlsClient::Session {
  ContextPtr context;
  SslPtr ssl;
  BIO* in = nullptr;   // owned by ssl
  BIO* out = nullptr;  // owned by ssl
};

TlsClient::TlsClient(std::string serverName) : session_(std::make_unique<Session>()) {
  session_->context.reset(SSL_CTX_new(TLS_client_method()));
  if (!session_->context) return;
  SSL_CTX_set_verify(session_->context.get(), SSL_VERIFY_NONE, nullptr);  // the caller judges what is presented
  session_->ssl.reset(SSL_new(session_->context.get()));
  auto* ssl = session_->ssl.get();
  if (!ssl) return;
  session_->in = BIO_new(BIO_s_mem());
  session_->out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl, session_->in, session_->out);
  SSL_set_connect_state(ssl);
  SSL_set_tlsext_host_name(ssl, serverName.c_str());
  static constexpr unsigned char h2[] = {2, 'h', '2'};  // what istiod's gRPC port speaks
  SSL_set_alpn_protos(ssl, h2, sizeof h2);
}

TlsClient::~TlsClient() = default;

base::Result<std::string> TlsClient::start() { return advance(); }

base::Result<std::string> TlsClient::feed(std::string_view bytes) {
  if (!session_->in ||
      BIO_write(session_->in, bytes.data(), static_cast<int>(bytes.size())) != static_cast<int>(bytes.size())) {
    return base::fail({base::Kind::failed, "TLS handshake: out of memory"});
  }
  return advance();
}

base::Result<std::string> TlsClient::advance() {
  const ErrorScope errors;
  auto* ssl = session_->ssl.get();
  if (!ssl) return base::fail({base::Kind::failed, "TLS handshake: cannot be prepared"});
  const int result = SSL_do_handshake(ssl);
  if (result != 1 && SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ) {
    return base::fail(errors.error(base::Kind::failed, "TLS handshake failed"));
  }
  if (const auto* presented = SSL_get_peer_cert_chain(ssl); presented && chain_.empty()) {
    for (int i = 0; i < sk_X509_num(presented); ++i) {
      TRY_ASSIGN(auto certificate, Certificate::fromDer(toDer(sk_X509_value(presented, i), i2d_X509)));
      chain_.push_back(std::move(certificate));
    }
  }
  auto bytes = contents(session_->out);
  BIO_reset(session_->out);
  return bytes;
}

}  // namespace pki
