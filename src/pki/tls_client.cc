#include "pki/tls_client.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <array>

#include "pki/describe.h"
#include "pki/openssl.h"

namespace pki {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;

ContextPtr makeContext() {
  ContextPtr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return context;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_security_level(context.get(), 0);  // a weak certificate is to be seen, not refused
  return context;
}

}  // namespace

struct TlsClient::State {
  std::string serverName, peer;
  ContextPtr context;
  SslPtr ssl;
  BIO* in = nullptr;  // both owned by ssl
  BIO* out = nullptr;
  bool done = false, established = false;

  State(std::string name, std::string peerName) : serverName(std::move(name)), peer(std::move(peerName)) {
    const ErrorScope errors;
    if (peer.empty()) peer = serverName;
    context = makeContext();
    if (context) ssl.reset(SSL_new(context.get()));
    if (!ssl) return;
    in = BIO_new(BIO_s_mem());
    out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), in, out);
    SSL_set_tlsext_host_name(ssl.get(), serverName.c_str());
    // istiod speaks gRPC, and grpc-go wants the protocol agreed on.
    constexpr std::string_view protocols("\x02h2\x08http/1.1", 12);
    SSL_set_alpn_protos(ssl.get(), reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
    SSL_set_connect_state(ssl.get());
  }

  void takeInput(std::string_view received) const {
    if (ssl && !received.empty()) BIO_write(in, received.data(), static_cast<int>(received.size()));
  }
  std::string takeOutput() const { return taken(out); }

  /// On with the handshake as far as the bytes at hand go.
  base::Status advance() {
    const ErrorScope errors;
    const int result = ssl ? SSL_do_handshake(ssl.get()) : -1;
    done = established = result == 1;
    if (done) return {};
    const auto why = ssl ? SSL_get_error(ssl.get(), result) : SSL_ERROR_SSL;
    if (why == SSL_ERROR_WANT_READ) return {};
    done = ssl && SSL_get_peer_cert_chain(ssl.get()) != nullptr;
    if (done) return {};
    return base::fail(
        errors.error(base::Kind::unavailable, fmt::format("TLS handshake with {} failed", peer)));
  }
};

TlsClient::TlsClient(std::string serverName, std::string peer)
    : state_(std::make_unique<State>(std::move(serverName), std::move(peer))) {}

TlsClient::~TlsClient() = default;
TlsClient::TlsClient(TlsClient&&) noexcept = default;
TlsClient& TlsClient::operator=(TlsClient&&) noexcept = default;

std::string TlsClient::start() {
  return state_->advance() ? state_->takeOutput() : std::string();
}

base::Result<std::string> TlsClient::feed(std::string_view received) {
  if (state_->done) return std::string();  // session tickets, or what the server says next: for decrypt()
  state_->takeInput(received);
  TRY(state_->advance());
  return state_->takeOutput();
}

bool TlsClient::done() const {
  return state_->done;
}

std::vector<Certificate> TlsClient::peerChain() const {
  const ErrorScope errors;
  const STACK_OF(X509)* sent = state_->done ? SSL_get_peer_cert_chain(state_->ssl.get()) : nullptr;
  std::vector<Certificate> chain;
  for (int i = 0; sent != nullptr && i < sk_X509_num(sent); ++i) {
    auto certificate = Certificate::fromDer(toDer<X509>(sk_X509_value(sent, i), i2d_X509));
    if (!certificate) return {};
    chain.push_back(std::move(*certificate));
  }
  return chain;
}

std::vector<std::string> TlsClient::acceptedIssuers() const {
  const ErrorScope errors;
  const STACK_OF(X509_NAME)* names = state_->done ? SSL_get0_peer_CA_list(state_->ssl.get()) : nullptr;
  std::vector<std::string> subjects;
  for (int i = 0; names != nullptr && i < sk_X509_NAME_num(names); ++i) {
    subjects.push_back(describeName(sk_X509_NAME_value(names, i)));
  }
  return subjects;
}

bool TlsClient::established() const {
  return state_->established;
}

std::string TlsClient::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  if (state_->done) SSL_get0_alpn_selected(state_->ssl.get(), &name, &size);
  return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

base::Result<std::string> TlsClient::encrypt(std::string_view data) {
  if (data.empty()) return std::string();
  const ErrorScope errors;
  std::size_t written = 0;
  if (!state_->established || SSL_write_ex(state_->ssl.get(), data.data(), data.size(), &written) != 1)
    return base::fail(
        errors.error(base::Kind::unavailable, "TLS connection with " + state_->peer + " failed"));
  return state_->takeOutput();
}

base::Result<TlsClient::Decrypted> TlsClient::decrypt(std::string_view received) {
  const ErrorScope errors;
  state_->takeInput(received);
  Decrypted decrypted;
  std::array<char, 16 * 1024> portion{};
  int result = 0;
  do {
    std::size_t size = 0;
    result = state_->established ? SSL_read_ex(state_->ssl.get(), portion.data(), portion.size(), &size) : -1;
    decrypted.data.append(portion.data(), size);
  } while (result == 1);
  const auto why = state_->established ? SSL_get_error(state_->ssl.get(), result) : SSL_ERROR_SSL;
  decrypted.closed = why == SSL_ERROR_ZERO_RETURN;
  if (!decrypted.closed && why != SSL_ERROR_WANT_READ)
    return base::fail(
        errors.error(base::Kind::unavailable, "TLS connection with " + state_->peer + " failed"));
  decrypted.answer = state_->takeOutput();
  return decrypted;
}

}  // namespace pki
