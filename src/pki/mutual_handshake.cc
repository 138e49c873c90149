#include "pki/mutual_handshake.h"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <algorithm>

#include "pki/describe.h"
#include "pki/openssl.h"

namespace pki {
namespace {

using Why = std::optional<std::string>;
using ContextPtr = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;

constexpr int mostRounds = 16;  // of messages; a handshake takes three

/// For one role: what is the same for all ends of that role.
ContextPtr makeContext(const SSL_METHOD* method) {
  ContextPtr context(SSL_CTX_new(method));
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_security_level(context.get(), 0);  // as Envoy's BoringSSL, which has none
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

enum class Role { client, server };

SSL_CTX* contextOf(Role role) {
  static const ContextPtr client = makeContext(TLS_client_method());
  static const ContextPtr server = makeContext(TLS_server_method());
  return role == Role::client ? client.get() : server.get();
}

/// The leaf and what is needed to verify it, in their order. Roots that are sent too, as Envoy sends the
/// bundle, are left out: nobody trusts them for that, and OpenSSL 3.0 takes half a millisecond to read each.
bool present(SSL* ssl, const TlsEnd& end) {
  if (end.chain.empty() || SSL_use_certificate(ssl, end.chain.front().native()) != 1 ||
      SSL_use_PrivateKey(ssl, end.key.native()) != 1) {
    return false;
  }
  return std::all_of(end.chain.begin() + 1, end.chain.end(), [&](const Certificate& certificate) {
    return certificate.selfSigned() || SSL_add1_chain_cert(ssl, certificate.native()) == 1;
  });
}

SslPtr makeEnd(Role role, const TlsEnd& end, base::Time at) {
  SslPtr ssl(SSL_new(contextOf(role)));
  if (!ssl || !present(ssl.get(), end) || SSL_set1_verify_cert_store(ssl.get(), end.roots.native()) != 1)
    return nullptr;
  X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl.get()), std::chrono::system_clock::to_time_t(at));
  return ssl;
}

/// Two pipes between them, each owned by both.
bool connect(SSL* client, SSL* server) {
  BioPtr there(BIO_new(BIO_s_mem()));
  BioPtr back(BIO_new(BIO_s_mem()));
  if (!there || !back || BIO_up_ref(there.get()) != 1 || BIO_up_ref(back.get()) != 1) return false;
  SSL_set_bio(client, back.get(), there.get());
  SSL_set_bio(server, there.release(), back.release());
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  return true;
}

std::string nameOf(Role role) {
  return role == Role::client ? "client" : "server";
}

/// Why the end in this role does not let the other in.
std::string refusal(Role role, SSL* ssl, const ErrorScope& errors) {
  const auto other = nameOf(role == Role::client ? Role::server : Role::client);
  if (const long code = SSL_get_verify_result(ssl); code != X509_V_OK) {
    return fmt::format("the {} does not trust the {}'s certificate: {}", nameOf(role), other,
                       X509_verify_cert_error_string(code));
  }
  return fmt::format("the {} ends the handshake: {}", nameOf(role), errors.reason());
}

Why whyOtherDomain(Role role, SSL* ssl, const std::string& trustDomain) {
  const auto ids = alternativeNames(SSL_get0_peer_certificate(ssl), GEN_URI);
  const auto wanted = "spiffe://" + trustDomain + "/";
  const bool has =
      std::any_of(ids.begin(), ids.end(), [&](const std::string& id) { return id.starts_with(wanted); });
  if (has) return std::nullopt;
  const auto other = nameOf(role == Role::client ? Role::server : Role::client);
  return fmt::format("the {} refuses the {}'s certificate: it holds no SPIFFE ID of the trust domain {}",
                     nameOf(role), other, trustDomain);
}

/// On with one end's side; nullopt if nothing is wrong with it yet.
Why advance(Role role, SSL* ssl) {
  if (SSL_is_init_finished(ssl) == 1) return std::nullopt;
  const ErrorScope errors;
  const int result = SSL_do_handshake(ssl);
  if (result == 1 || SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ) return std::nullopt;
  return refusal(role, ssl, errors);
}

}  // namespace

TrustStore::TrustStore(const std::vector<Certificate>& roots) : store_(X509_STORE_new(), X509_STORE_free) {
  const ErrorScope errors;
  for (const Certificate& root : roots) X509_STORE_add_cert(store_.get(), root.native());
}

std::optional<std::string> whyNoHandshake(const TlsEnd& client, const TlsEnd& server,
                                          const std::string& trustDomain, base::Time at) {
  const ErrorScope errors;
  const SslPtr asks = makeEnd(Role::client, client, at);
  const SslPtr answers = makeEnd(Role::server, server, at);
  if (!asks || !answers || !connect(asks.get(), answers.get()))
    return "no handshake can begin: " + errors.reason();
  // A client of TLS 1.3 is ready before the server has looked at its certificate.
  for (int round = 0; round < mostRounds; ++round) {
    if (auto why = advance(Role::client, asks.get())) return why;
    if (auto why = advance(Role::server, answers.get())) return why;
    if (SSL_is_init_finished(asks.get()) != 1 || SSL_is_init_finished(answers.get()) != 1) continue;
    if (auto why = whyOtherDomain(Role::client, asks.get(), trustDomain)) return why;
    return whyOtherDomain(Role::server, answers.get(), trustDomain);
  }
  return "the handshake does not come to an end";
}

}  // namespace pki
