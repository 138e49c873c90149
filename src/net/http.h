#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"

namespace net {

using Header = std::pair<std::string, std::string>;

/// How to reach one HTTPS (or HTTP) server; everything that is the same for all requests to it.
struct Endpoint {
  std::string url;                     // scheme://host[:port][/base/path], no trailing slash
  std::optional<std::string> caPem{};  // the only roots then; else the system's trust store
  bool insecureSkipVerify = false;     // only if the kubeconfig says so
  std::string tlsServerName{};         // SNI and name to verify instead of the URL's host; may be empty
  std::string clientCertificatePem{};  // with its chain; may be empty
  base::Secret clientKeyPem{};
  std::string proxyUrl{};  // http, https or socks5; empty: from the environment as Go does it
  bool compression = true;
};

struct Request {
  std::string method = "GET";
  std::string path;  // below the endpoint's URL, with query: "/api/v1/pods?limit=500"
  std::vector<Header> headers{};
  std::string body{};
  base::Millis timeout{0};         // zero: the transport's default
  bool evenIfInterrupted = false;  // sent after Ctrl-C too: to give back what is held
  /// Credentials, sent as "Authorization: Bearer ..." and never logged; may be empty.
  base::Secret bearerToken{};
};

struct Response {
  int status = 0;
  std::vector<Header> headers{};
  std::string body{};
  /// The first header of that name, whatever its case; empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// One side of a conversation over a WebSocket, without I/O: is fed messages, says what to send, and when it
/// is done. Kept apart from sockets so that each protocol can be tested on bytes. Many at once may be held by
/// several threads, each by one.
class Conversation {
 public:
  virtual ~Conversation() = default;
  /// After the upgrade; the sub-protocol that the server chose. Returns binary messages to send.
  virtual std::vector<std::string> onOpen(std::string_view protocol) = 0;
  /// One whole message from the server. Returns binary messages to send.
  virtual std::vector<std::string> onMessage(std::string_view message) = 0;
  /// The server closed (code 1000 or another, or 1006 for a connection that just ended). Not called after
  /// done().
  virtual void onClose(int code, std::string_view reason) = 0;
  /// Nothing more is needed: the connection is closed.
  [[nodiscard]] virtual bool done() const = 0;
  /// The connection could not be made, was refused, or failed. Called at most once, and nothing after it.
  virtual void onError(const base::Error& error) = 0;
};

/// A WebSocket to open: the request's path and headers, the sub-protocols to offer (one comma-separated
/// header), and who talks over it (borrowed, must outlive the call).
struct Dialogue {
  Request request;
  std::vector<std::string> protocols;
  Conversation* conversation = nullptr;
  /// A response other than 101 reaches this, if set, to make an error of it (the body holds the Status).
  base::Error (*refusal)(const Response&) = nullptr;
};

/// What the rooms above see of the network; tests bring their own.
class Transport {
 public:
  virtual ~Transport() = default;
  /// All requests at once, at most `inFlight` at a time; the results in the same order. A response of any
  /// status is a value; no response is Kind::unavailable (cannot connect, broken off, timed out), forbidden
  /// (TLS client certificate refused), failed (server certificate not trusted), or interrupted.
  virtual std::vector<base::Result<Response>> send(std::vector<Request> requests, int inFlight = 16) = 0;
  /// Holds all dialogues, at most `inFlight` at a time, until each is done, closed, failed or past its
  /// request's timeout. Fails only with Kind::interrupted; what goes wrong with one dialogue goes to its
  /// conversation.
  virtual base::Status converse(std::vector<Dialogue> dialogues, int inFlight = 32) = 0;
  /// send() of one.
  base::Result<Response> send(Request request);
};

/// Over libcurl: one multi handle, HTTP/1.1 over connections that are kept; WebSockets by wslay
/// over CONNECT_ONLY connections of their own. With a CA given, no other root is trusted (CAPATH is cleared
/// too). `trace` (may be null) is called once a request with method, path, status and milliseconds; never
/// with a header or body.
using Trace = void (*)(std::string_view line);
std::unique_ptr<Transport> makeCurlTransport(Endpoint endpoint, base::Millis defaultTimeout,
                                             Trace trace = nullptr);

}  // namespace net
