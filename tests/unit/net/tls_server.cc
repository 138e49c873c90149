#include "unit/net/tls_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

namespace net::test {

namespace {

std::string pemOf(const std::function<void(BIO*)>& write) {
  BIO* bio = BIO_new(BIO_s_mem());
  write(bio);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, std::size_t(size));
  BIO_free(bio);
  return text;
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Identity make(const Identity* ca, const std::string& name, const std::string& sans, long seconds) {
  static std::atomic<long> serial = 1;
  Identity made{.certificatePem = {},
                .keyPem = {},
                .certificate = {X509_new(), X509_free},
                .key = {EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free}};
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), seconds);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509* issuer = ca == nullptr ? certificate : ca->certificate.get();
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  addExtension(certificate, issuer, NID_basic_constraints, ca == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  if (!sans.empty()) addExtension(certificate, issuer, NID_subject_alt_name, sans);
  X509_sign(certificate, ca == nullptr ? made.key.get() : ca->key.get(), EVP_sha256());
  made.certificatePem = pemOf([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
  made.keyPem = pemOf([&](BIO* bio) {
    PEM_write_bio_PrivateKey(bio, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return made;
}

}  // namespace

Identity makeCa(const std::string& name) {
  return make(nullptr, name, "", 3600);
}

Identity makeLeaf(const Identity& ca, const std::string& name, const std::string& sans, long seconds) {
  return make(&ca, name, sans, seconds);
}

std::string Connection::readHead() {
  std::size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    char chunk[4096];
    const int count = SSL_read(ssl_, chunk, sizeof chunk);
    if (count <= 0) return {};
    buffer_.append(chunk, std::size_t(count));
  }
  std::string head = buffer_.substr(0, end + 4);
  buffer_.erase(0, end + 4);
  return head;
}

std::string Connection::read(std::size_t count) {
  while (buffer_.size() < count) {
    char chunk[16384];
    const int got = SSL_read(ssl_, chunk, sizeof chunk);
    if (got <= 0) return {};
    buffer_.append(chunk, std::size_t(got));
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

bool Connection::write(std::string_view bytes) {
  return bytes.empty() || SSL_write(ssl_, bytes.data(), int(bytes.size())) > 0;
}

void Connection::writeTogether(const std::vector<std::string>& records) {
  int cork = 1;
  setsockopt(SSL_get_fd(ssl_), IPPROTO_TCP, TCP_CORK, &cork, sizeof cork);
  for (const auto& record : records) write(record);
  cork = 0;
  setsockopt(SSL_get_fd(ssl_), IPPROTO_TCP, TCP_CORK, &cork, sizeof cork);
}

void Connection::crash(bool reset) {
  const int socket = SSL_get_fd(ssl_);
  const linger atOnce{.l_onoff = 1, .l_linger = 0};
  if (reset) setsockopt(socket, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
  // Another descriptor in its place: the number stays valid for those that close it later.
  const int other = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  dup3(other, socket, O_CLOEXEC);
  close(other);
}

int listenOnLoopback(int& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener, 128);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

namespace {

int agreeOnHttp2(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                 unsigned offeredSize, void*) {
  static constexpr unsigned char names[] = "\x02h2\x08http/1.1";
  return SSL_select_next_proto(const_cast<unsigned char**>(chosen), size, names, sizeof names - 1, offered,
                               offeredSize) == OPENSSL_NPN_NEGOTIATED
             ? SSL_TLSEXT_ERR_OK
             : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

TlsServer::TlsServer(const Identity& identity, Handler handler, const Identity* clientCa, Protocol protocol)
    : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free), handler_(std::move(handler)) {
  SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
  SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
  if (clientCa != nullptr) {
    constexpr unsigned char name[] = "test";  // without one, OpenSSL refuses to resume what it has verified
    SSL_CTX_set_session_id_context(context_.get(), name, sizeof name);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), clientCa->certificate.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  if (protocol == Protocol::http2) SSL_CTX_set_alpn_select_cb(context_.get(), agreeOnHttp2, nullptr);
  signal(SIGPIPE, SIG_IGN);  // clients go away
  listener_ = listenOnLoopback(port_);
  accepting_ = std::thread([this] { acceptAll(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (auto& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
}

void TlsServer::acceptAll() {
  while (!stopping_) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void TlsServer::serve(int socket) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context_.get()), SSL_free);
  SSL_set_fd(ssl.get(), socket);
  if (SSL_accept(ssl.get()) == 1) {
    ++connections_;
    if (SSL_session_reused(ssl.get()) == 1) ++resumed_;
    Connection connection(ssl.get());
    for (std::string head = connection.readHead(); !head.empty(); head = connection.readHead()) {
      if (!handler_(connection, head)) break;
    }
    SSL_shutdown(ssl.get());
  }
  shutdown(socket, SHUT_RDWR);
}

}  // namespace net::test
