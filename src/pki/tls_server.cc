#include "pki/tls_server.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <optional>

#include "pki/openssl.h"
#include "pki/verify.h"

namespace pki {
namespace {

using ContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;
using Clients = TlsIdentity::Clients;

std::optional<Certificate> valueOf(const X509* x509) {
  if (x509 == nullptr) return std::nullopt;
  auto certificate = Certificate::fromDer(toDer<X509>(x509, i2d_X509));
  return certificate ? std::optional(std::move(*certificate)) : std::nullopt;
}

std::vector<Certificate> valuesOf(const STACK_OF(X509) * stack) {
  std::vector<Certificate> certificates;
  for (int i = 0; stack != nullptr && i < sk_X509_num(stack); ++i) {
    if (auto certificate = valueOf(sk_X509_value(stack, i))) certificates.push_back(std::move(*certificate));
  }
  return certificates;
}

}  // namespace

struct TlsAcceptor::Shared {
  TlsIdentity identity;
  ContextPtr context{};

  /// ALPN: the first of ours that the client offers too.
  static int choose(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* offered,
                    unsigned offeredSize, void* self) {
    const std::string_view list(reinterpret_cast<const char*>(offered), offeredSize);
    for (const std::string& wanted : static_cast<Shared*>(self)->identity.protocols) {
      for (std::size_t at = 0; at < list.size(); at += 1 + offered[at]) {
        if (list.substr(at + 1, offered[at]) != wanted) continue;
        *out = offered + at + 1;
        *size = offered[at];
        return SSL_TLSEXT_ERR_OK;
      }
    }
    return SSL_TLSEXT_ERR_NOACK;
  }

  static int verify(X509_STORE_CTX* context, void* self);

  base::Status setUp();
};

struct TlsServer::State {
  std::shared_ptr<TlsAcceptor::Shared> shared;
  base::Time at;
  SslPtr ssl{};
  BIO* in = nullptr;  // both owned by ssl
  BIO* out = nullptr;
  bool broken = false;
  std::optional<std::string> whyNot{};  // the client's certificate is not accepted

  [[nodiscard]] std::string takeOutput() const { return taken(out); }

  tl::unexpected<base::Error> failure(const ErrorScope& errors) {
    broken = true;
    base::Error error = errors.error(base::Kind::unavailable, "TLS connection with the client failed");
    if (whyNot) error.reason = "its certificate is not accepted: " + *whyNot;
    return base::fail(std::move(error));
  }
};

/// In place of OpenSSL's own verification: the one of this program, at the connection's time.
int TlsAcceptor::Shared::verify(X509_STORE_CTX* context, void* self) {
  const auto& identity = static_cast<Shared*>(self)->identity;
  auto* ssl = static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* state = static_cast<TlsServer::State*>(SSL_get_app_data(ssl));
  const auto leaf = valueOf(X509_STORE_CTX_get0_cert(context));
  state->whyNot = leaf ? whyNotTrusted(*leaf, valuesOf(X509_STORE_CTX_get0_untrusted(context)),
                                       identity.roots, state->at, Purpose::tlsClient)
                       : "it cannot be read";
  if (!state->whyNot) return 1;
  X509_STORE_CTX_set_error(context, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);  // alert: unknown_ca
  return 0;
}

base::Status TlsAcceptor::Shared::setUp() {
  const ErrorScope errors;
  context.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* raw = context.get();
  if (raw == nullptr || identity.chain.empty())
    return base::fail(errors.error(base::Kind::failed, "cannot set up a TLS server"));
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_security_level(raw, 0);  // as in TlsClient: what is weak is to be seen, not refused
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  bool well = SSL_CTX_use_certificate(raw, identity.chain.front().native()) == 1 &&
              SSL_CTX_use_PrivateKey(raw, identity.key.native()) == 1;
  for (std::size_t i = 1; i < identity.chain.size(); ++i)
    well = well && SSL_CTX_add1_chain_cert(raw, identity.chain[i].native()) == 1;
  for (const Certificate& root : identity.roots)
    well = well && SSL_CTX_add_client_CA(raw, root.native()) == 1;
  if (!well)
    return base::fail(errors.error(base::Kind::failed, "cannot serve with this certificate and key"));
  if (identity.clients != Clients::notAsked) {
    const int must = identity.clients == Clients::mustPresent ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | must, nullptr);
    SSL_CTX_set_cert_verify_callback(raw, verify, this);
  }
  constexpr std::array<unsigned char, 3> id{'i', 'c', 'a'};
  SSL_CTX_set_session_id_context(raw, id.data(), id.size());
  if (identity.manyShort) {
    SSL_CTX_set_max_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_SERVER);
  } else {
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);  // the tickets hold the sessions
    SSL_CTX_set_num_tickets(raw, 1);
  }
  if (!identity.protocols.empty()) SSL_CTX_set_alpn_select_cb(raw, choose, this);
  return {};
}

base::Result<TlsAcceptor> TlsAcceptor::make(TlsIdentity identity) {
  auto shared = std::make_shared<Shared>(Shared{std::move(identity)});
  TRY(shared->setUp());
  return TlsAcceptor(std::move(shared));
}

TlsServer TlsAcceptor::accept(base::Time at) const {
  auto state = std::make_unique<TlsServer::State>(TlsServer::State{shared_, at});
  state->ssl.reset(SSL_new(shared_->context.get()));
  if (!state->ssl) throw std::bad_alloc();
  state->in = BIO_new(BIO_s_mem());
  state->out = BIO_new(BIO_s_mem());
  SSL_set_bio(state->ssl.get(), state->in, state->out);
  SSL_set_app_data(state->ssl.get(), state.get());
  SSL_set_accept_state(state->ssl.get());
  return TlsServer(std::move(state));
}

TlsServer::TlsServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsServer::~TlsServer() = default;
TlsServer::TlsServer(TlsServer&&) noexcept = default;
TlsServer& TlsServer::operator=(TlsServer&&) noexcept = default;

base::Result<TlsServer::Fed> TlsServer::feed(std::string_view received) {
  const ErrorScope errors;
  SSL* ssl = state_->ssl.get();
  if (state_->broken) return state_->failure(errors);
  if (!received.empty()) BIO_write(state_->in, received.data(), static_cast<int>(received.size()));
  Fed fed;
  std::array<char, 16 * 1024> portion{};
  int result = 0;
  do {  // reads through the handshake, too
    std::size_t size = 0;
    result = SSL_read_ex(ssl, portion.data(), portion.size(), &size);
    fed.data.append(portion.data(), size);
  } while (result == 1);
  const int why = SSL_get_error(ssl, result);
  fed.closed = why == SSL_ERROR_ZERO_RETURN;
  if (!fed.closed && why != SSL_ERROR_WANT_READ) return state_->failure(errors);
  fed.answer = state_->takeOutput();
  return fed;
}

base::Result<std::string> TlsServer::encrypt(std::string_view data) {
  if (data.empty()) return std::string();
  const ErrorScope errors;
  if (!established()) return state_->failure(errors);
  std::string encrypted;
  encrypted.reserve(data.size() + data.size() / 64);  // a record of 16 KiB has 22 bytes more
  while (!data.empty()) {
    // in portions: a memory BIO that grows is copied and cleared each time
    constexpr std::size_t most = std::size_t{256} << 10;
    std::size_t written = 0;
    if (SSL_write_ex(state_->ssl.get(), data.data(), std::min(data.size(), most), &written) != 1)
      return state_->failure(errors);
    data.remove_prefix(written);
    encrypted += state_->takeOutput();
  }
  return encrypted;
}

std::string TlsServer::farewell() {
  const ErrorScope errors;
  if (established()) static_cast<void>(SSL_shutdown(state_->ssl.get()));
  return state_->takeOutput();
}

bool TlsServer::established() const {
  return !state_->broken && SSL_is_init_finished(state_->ssl.get()) == 1;
}

std::string TlsServer::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(state_->ssl.get(), &name, &size);
  return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

std::string TlsServer::serverName() const {
  const char* name = SSL_get_servername(state_->ssl.get(), TLSEXT_NAMETYPE_host_name);
  return name == nullptr ? "" : name;
}

std::vector<Certificate> TlsServer::peerChain() const {
  const ErrorScope errors;
  std::vector<Certificate> chain;
  if (!established()) return chain;
  auto leaf = valueOf(SSL_get0_peer_certificate(state_->ssl.get()));
  if (!leaf) return chain;
  chain.push_back(std::move(*leaf));
  // On the server's side the stack does not hold the leaf (SSL_get_peer_cert_chain(3)).
  for (Certificate& each : valuesOf(SSL_get_peer_cert_chain(state_->ssl.get())))
    chain.push_back(std::move(each));
  return chain;
}

}  // namespace pki
