#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pki/certificate.h"

namespace pki {

/// The client's side of a TLS handshake as bytes in and bytes out, to see which certificate a server presents
/// over a connection that somebody else carries (a port-forward to istiod's port 15012). Nothing is verified:
/// the caller judges the chain. No client certificate is sent, and no application data is.
///
///     send(client.start()); while (!client.done()) send(TRY client.feed(received));
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

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pki
