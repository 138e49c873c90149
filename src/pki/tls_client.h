#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pki/certificate.h"

namespace pki {

/// The client's side of a TLS handshake as bytes in and bytes out, to see which certificate a server presents
/// over a connection that somebody else carries (a port-forward to istiod's port 15012), and to go on over it
/// once the caller has judged that chain: nothing is verified here, but that the server has the leaf's key.
/// No client certificate is sent.
///
///     send(client.start()); while (!client.done()) send(TRY client.feed(received));
///     if (client.established()) send(TRY client.encrypt(request)); TRY client.decrypt(received);
class TlsClient {
 public:
  /// `serverName` goes into SNI ("istiod.istio-system.svc"); `peer` is for messages ("port 15012 of
  /// istiod-5f…"), the server's name if it is empty.
  explicit TlsClient(std::string serverName, std::string peer = {});
  ~TlsClient();
  TlsClient(TlsClient&&) noexcept;
  TlsClient& operator=(TlsClient&&) noexcept;

  /// The first bytes to send. Empty if OpenSSL cannot start; then the first feed says why.
  std::string start();
  /// Takes bytes from the server, gives those to send next (maybe none). Kind::unavailable if the handshake
  /// fails; an end of the stream before done() is the caller's to report.
  base::Result<std::string> feed(std::string_view received);
  /// The server has presented its certificates, and the handshake is at its end (be it that the server wants
  /// a client certificate: its own it has shown by then).
  [[nodiscard]] bool done() const;

  /// What the server presented, leaf first, as sent. Empty before done(), and if a certificate cannot be
  /// read.
  [[nodiscard]] std::vector<Certificate> peerChain() const;
  /// Subjects of the CAs from which the server accepts client certificates, as Certificate::subject prints
  /// them; may be empty (it accepts any, or does not ask).
  [[nodiscard]] std::vector<std::string> acceptedIssuers() const;

  /// The handshake is complete: data can go both ways. False where the server wanted a client certificate.
  [[nodiscard]] bool established() const;
  /// The protocol that was agreed on (ALPN); "h2" and "http/1.1" are offered. Empty for none.
  [[nodiscard]] std::string protocol() const;
  /// Data as bytes to send.
  base::Result<std::string> encrypt(std::string_view data);
  struct Decrypted {
    std::string data;      // what the server says; maybe nothing yet
    std::string answer{};  // bytes to send
    bool closed = false;   // the server has ended the connection properly
  };
  /// Takes bytes from the server, also those that came with the last of the handshake (then `received` may be
  /// empty). Kind::unavailable where the connection breaks: a server that refuses us does it here too.
  base::Result<Decrypted> decrypt(std::string_view received);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pki
