#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "pki/certificate.h"
#include "pki/key.h"

namespace pki {

class TlsAcceptor;

/// Who a TLS server is and whom it lets in.
struct TlsIdentity {
  enum class Clients { notAsked, mayPresent, mustPresent };

  std::vector<Certificate> chain;  // leaf first
  PrivateKey key;
  std::vector<std::string> protocols{};  // ALPN, the preferred first; none of them offered: no protocol
  /// Whether a client is asked for a certificate. One that is presented has to verify with `roots`.
  Clients clients = Clients::notAsked;
  std::vector<Certificate> roots{};
  /// Clients come back again and again for little: by TLS 1.2 and sessions that are kept here, which takes
  /// neither a key exchange nor the decoding of a ticket, a client's certificate in it.
  bool manyShort = false;
};

/// The server's side of a TLS connection as bytes in and bytes out; the mirror of TlsClient.
///
///     send((TRY server.feed(received)).answer); send(TRY server.encrypt(data));
class TlsServer {
 public:
  ~TlsServer();
  TlsServer(TlsServer&&) noexcept;
  TlsServer& operator=(TlsServer&&) noexcept;

  struct Fed {
    std::string data{};    // what the client says; maybe nothing yet
    std::string answer{};  // bytes to send
    bool closed = false;   // the client has ended the connection properly
  };
  /// Takes bytes of the handshake and of what follows it. Kind::unavailable where the connection breaks, and
  /// where the client's certificate is not accepted (with why); farewell() then has the alert to send.
  base::Result<Fed> feed(std::string_view received);
  /// Data as bytes to send. Kind::unavailable before the handshake is complete.
  base::Result<std::string> encrypt(std::string_view data);
  /// The last bytes to send: the alert after a failure, else the proper end.
  std::string farewell();

  [[nodiscard]] bool established() const;
  /// What was agreed on by ALPN; empty for none.
  [[nodiscard]] std::string protocol() const;
  /// SNI; empty for none.
  [[nodiscard]] std::string serverName() const;
  /// The client's certificate and what it sent with it (the leaf alone when an earlier session was resumed);
  /// verified. Empty if it presented none.
  [[nodiscard]] std::vector<Certificate> peerChain() const;

 private:
  friend class TlsAcceptor;
  struct State;
  explicit TlsServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Makes the server's sides of connections. They share what OpenSSL needs long to set up, and the key of the
/// session tickets; any thread may own it and them, one at a time.
class TlsAcceptor {
 public:
  /// Kind::failed if the key is not the leaf's, or OpenSSL cannot.
  static base::Result<TlsAcceptor> make(TlsIdentity identity);
  /// For one connection; the client's certificate is verified as at that time.
  [[nodiscard]] TlsServer accept(base::Time at) const;

 private:
  friend class TlsServer;
  struct Shared;
  explicit TlsAcceptor(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;
};

}  // namespace pki
