#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "pki/certificate.h"

namespace pki {

/// A TLS handshake from the client's side without I/O: to see what a server presents, over any byte stream. Verifies
/// nothing (whoever asks judges the chain) and presents no certificate; no data is ever sent.
class TlsClient {
 public:
  /// `serverName` is sent as SNI.
  explicit TlsClient(std::string serverName);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// The first bytes to send.
  base::Result<std::string> start();
  /// Takes bytes from the server; gives those to send next (may be none). Kind::failed: not TLS, or an alert.
  base::Result<std::string> feed(std::string_view bytes);
  /// The server's certificates have arrived; nothing more is needed.
  [[nodiscard]] bool done() const { return !chain_.empty(); }
  /// What the server presents, leaf first.
  [[nodiscard]] const std::vector<Certificate>& peerChain() const { return chain_; }

 private:
  base::Result<std::string> advance();

  struct Session;
  std::unique_ptr<Session> session_;
  std::vector<Certificate> chain_;
};

}  // namespace pki
