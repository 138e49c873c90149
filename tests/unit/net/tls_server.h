#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace net::test {

/// A certificate with its key, made for a test.
struct Identity {
  std::string certificatePem, keyPem;
  std::shared_ptr<X509> certificate;
  std::shared_ptr<EVP_PKEY> key;
};

/// Self-signed, CA:TRUE.
Identity makeCa(const std::string& name);
/// `sans` as OpenSSL's configuration writes them: "DNS:a,IP:127.0.0.1"; valid from an hour ago until
/// `seconds` from now.
Identity makeLeaf(const Identity& ca, const std::string& name, const std::string& sans, long seconds = 3600);

/// One connection at the server.
class Connection {
 public:
  explicit Connection(SSL* ssl) : ssl_(ssl) {}
  /// Up to the empty line; "" at the end.
  std::string readHead();
  /// Exactly so many bytes, or "" at the end.
  std::string read(std::size_t count);
  bool write(std::string_view bytes);
  /// A TLS record each, all in one packet.
  void writeTogether(const std::vector<std::string>& records);
  /// Ends the connection as a crash does: without TLS's farewell, or with a reset.
  void crash(bool reset);

 private:
  SSL* ssl_;
  std::string buffer_;
};

/// An HTTPS server on a loopback port of its own; a thread for each connection. The handler answers one
/// request and says whether the connection goes on.
class TlsServer {
 public:
  using Handler = std::function<bool(Connection&, const std::string& head)>;

  enum class Protocol { http1, http2 };
  /// With a `clientCa`, clients must have a certificate of it. With http2 that is agreed on where the client
  /// offers it: the head is the preface's then.
  TlsServer(const Identity& identity, Handler handler, const Identity* clientCa = nullptr,
            Protocol protocol = Protocol::http1);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Before the first connection: a version of TLS (TLS1_2_VERSION).
  void speakAtMost(int version) { SSL_CTX_set_max_proto_version(context_.get(), version); }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(port_);
  }
  [[nodiscard]] int connections() const { return connections_; }
  /// Those of them that came back to an earlier session.
  [[nodiscard]] int resumed() const { return resumed_; }

 private:
  void acceptAll();
  void serve(int socket);

  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  Handler handler_;
  int listener_ = -1, port_ = 0;
  std::atomic<int> connections_ = 0, resumed_ = 0;
  std::atomic<bool> stopping_ = false;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;  // of the accepting thread, until it is joined
  std::thread accepting_;
};

/// A loopback listener for other servers; its port.
int listenOnLoopback(int& port);

}  // namespace net::test
