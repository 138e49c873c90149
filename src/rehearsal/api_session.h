#pragma once

#include <memory>
#include <optional>
#include <string>

#include "net/frames.h"
#include "net/http_request.h"
#include "net/loopback_server.h"
#include "pki/tls_server.h"
#include "rehearsal/api.h"

namespace rehearsal {

/// One connection to the API server: TLS, then HTTP/1.1 with keep-alive, a watch, or a WebSocket.
class ApiSession final : public net::ServerSession {
 public:
  ApiSession(Api& api, pki::TlsServer tls) : api_(api), tls_(std::move(tls)) {}

  std::string feed(std::string_view bytes) override;
  std::string wake() override;
  [[nodiscard]] bool ended() const override { return ended_; }

 private:
  /// What the client says, behind TLS; gives what to say.
  std::string hear(std::string_view data);
  std::string hearRequests(std::string_view data);
  std::string hearFrames(std::string_view data);
  std::string answer(net::IncomingRequest request);
  std::string send(ApiAnswer answer, bool keepAlive, bool bodyless);
  std::string upgrade(Upgrade upgrade);
  std::string queue(const std::vector<std::string>& messages);
  std::string takeFrames();
  std::string takeWatched();
  std::string encrypted(std::string data);

  Api& api_;
  pki::TlsServer tls_;
  net::RequestParser parser_;
  std::shared_ptr<Watch> watch_;
  std::unique_ptr<PodChannels> channels_;
  std::optional<net::Frames> frames_;
  bool ended_ = false, closing_ = false;
  bool saidClose_ = false;  // of the WebSocket
  std::optional<base::Millis> watchUntil_;
};

}  // namespace rehearsal
