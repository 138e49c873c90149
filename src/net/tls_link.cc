#include "net/tls_link.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <utility>

namespace net {

namespace {

// A BIO that reads and writes through curl: past its proxies, and past the signals that a broken pipe sends.

CURL* curlOf(BIO* bio) {
  return static_cast<CURL*>(BIO_get_data(bio));
}

int sendBytes(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  std::size_t taken = 0;
  const CURLcode code = curl_easy_send(curlOf(bio), bytes, std::size_t(size), &taken);
  if (code == CURLE_AGAIN) BIO_set_retry_write(bio);
  return code == CURLE_OK ? int(taken) : -1;
}

int receiveBytes(BIO* bio, char* bytes, int room) {
  BIO_clear_retry_flags(bio);
  std::size_t count = 0;
  const CURLcode code = curl_easy_recv(curlOf(bio), bytes, std::size_t(room), &count);
  if (code == CURLE_AGAIN) BIO_set_retry_read(bio);
  if (code == CURLE_OK && count == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return code == CURLE_OK ? int(count) : -1;
}

long control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* overCurl() {
  static const BIO_METHOD* method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "curl");
    BIO_meth_set_write(made, sendBytes);
    BIO_meth_set_read(made, receiveBytes);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

BIO* bioOver(CURL* easy) {
  BIO* bio = BIO_new(overCurl());
  BIO_set_data(bio, easy);
  BIO_set_init(bio, 1);
  return bio;
}

/// Whether it could be asked for. `sni` is left empty if the server's name is an address.
bool verifyName(SSL_CTX* context, const std::string& serverName, std::string& sni) {
  X509_VERIFY_PARAM* wanted = SSL_CTX_get0_param(context);
  if (X509_VERIFY_PARAM_set1_ip_asc(wanted, serverName.c_str()) == 1) return true;
  sni = serverName.ends_with('.') ? serverName.substr(0, serverName.size() - 1) : serverName;
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return !sni.empty() && X509_VERIFY_PARAM_set1_host(wanted, sni.c_str(), sni.size()) == 1;
}

bool isAnotherName(long verifyResult) {
  return verifyResult == X509_V_ERR_HOSTNAME_MISMATCH || verifyResult == X509_V_ERR_IP_ADDRESS_MISMATCH;
}

}  // namespace

void FreeSsl::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}
void FreeSsl::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}
void FreeSsl::operator()(ssl_session_st* session) const {
  SSL_SESSION_free(session);
}

std::unique_ptr<TlsContext> TlsContext::make(const TlsMaterial& material, const std::string& serverName) {
  if (!material.trusts()) return nullptr;
  std::unique_ptr<TlsContext> made(new TlsContext);
  made->serverName_ = serverName;
  made->context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* context = made->context_.get();
  const bool set = context != nullptr && material.applyTo(context) &&
                   SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
                   verifyName(context, serverName, made->sni_);
  ERR_clear_error();
  if (!set) return nullptr;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  constexpr std::string_view protocols("\x08http/1.1");
  SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>(protocols.data()),
                          unsigned(protocols.size()));
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep);
  SSL_CTX_set_app_data(context, made.get());
  return made;
}

int TlsContext::keep(ssl_st* ssl, ssl_session_st* session) {
  static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)))->session_.reset(session);
  return 1;  // it is ours now
}

TlsLink::TlsLink(TlsContext& context, CURL* easy) : context_(context), ssl_(SSL_new(context.context_.get())) {
  BIO* bio = bioOver(easy);
  SSL_set_bio(ssl_.get(), bio, bio);
  if (!context.sni_.empty()) SSL_set_tlsext_host_name(ssl_.get(), context.sni_.c_str());
  if (context.session_) resume(context.session_.get());
  SSL_set_connect_state(ssl_.get());
}

/// In its own version, for a later one wants a key share in the very first message, and making that is a
/// quarter of what a resumption by TLS 1.2 takes.
void TlsLink::resume(ssl_session_st* session) {
  SSL_set_session(ssl_.get(), session);
  SSL_set_max_proto_version(ssl_.get(), SSL_SESSION_get_protocol_version(session));
}

TlsLink::~TlsLink() {
  if (established_) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

TlsLink::Result<bool> TlsLink::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  established_ = result == 1;
  if (established_) return true;
  const int why = SSL_get_error(ssl_.get(), result);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return false;
  return broken(CURLE_SSL_CONNECT_ERROR);
}

bool TlsLink::wantsWrite() const {
  return SSL_want_write(ssl_.get()) == 1;
}

TlsLink::Result<std::size_t> TlsLink::write(std::string_view bytes) {
  ERR_clear_error();
  std::size_t taken = 0;
  if (SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &taken) == 1) return taken;
  const int why = SSL_get_error(ssl_.get(), 0);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return std::size_t{0};
  return broken(CURLE_SEND_ERROR);
}

TlsLink::Result<std::optional<std::size_t>> TlsLink::read(char* to, std::size_t room) {
  ERR_clear_error();
  std::size_t count = 0;
  if (SSL_read_ex(ssl_.get(), to, room, &count) == 1) return count;
  const int why = SSL_get_error(ssl_.get(), 0);
  if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return std::size_t{0};
  if (why == SSL_ERROR_ZERO_RETURN) return std::nullopt;
  // A peer that closes without TLS's farewell: an end like any other, whoever reads must know whether all was
  // there.
  if (BIO_eof(SSL_get_rbio(ssl_.get())) == 1) return std::nullopt;
  return broken(CURLE_RECV_ERROR);
}

tl::unexpected<CurlFailure> TlsLink::broken(CURLcode code) {
  established_ = false;  // OpenSSL wants no farewell after this
  CurlFailure failure{.code = code, .verifyResult = SSL_get_verify_result(ssl_.get())};
  if (const auto error = ERR_peek_error()) {
    std::array<char, 256> text{};
    ERR_error_string_n(error, text.data(), text.size());
    failure.detail = text.data();
  }
  if (code == CURLE_SSL_CONNECT_ERROR && failure.verifyResult != X509_V_OK) {
    failure.code = CURLE_PEER_FAILED_VERIFICATION;
    failure.detail =
        isAnotherName(failure.verifyResult)
            ? "SSL: no alternative certificate subject name matches target host name '" +
                  context_.serverName_ + "'"
            : std::string("SSL certificate problem: ") + X509_verify_cert_error_string(failure.verifyResult);
  }
  ERR_clear_error();
  return tl::unexpected(std::move(failure));
}

}  // namespace net
