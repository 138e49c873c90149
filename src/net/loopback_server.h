#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/result.h"

namespace net {

/// The server's side of one connection, without I/O. Used by one thread.
class ServerSession {
 public:
  virtual ~ServerSession() = default;
  /// Bytes from the client; gives bytes to send.
  virtual std::string feed(std::string_view bytes) = 0;
  /// What there is to send by itself, asked for after each wake() and each second.
  virtual std::string wake() = 0;
  /// To be closed once everything is sent.
  [[nodiscard]] virtual bool ended() const = 0;
};

/// Accepts connections on 127.0.0.1 and carries their bytes, in a thread of its own, by poll.
class LoopbackServer {
 public:
  using Accept = std::function<std::unique_ptr<ServerSession>()>;

  /// Listens at once on `port` (0: any that is free), and serves from start() on. Kind::failed with the
  /// system's reason.
  static base::Result<std::unique_ptr<LoopbackServer>> listen(int port);
  /// `accept` is called in the server's thread, once for each connection.
  void start(Accept accept);
  /// Ends all connections and the thread.
  ~LoopbackServer();

  [[nodiscard]] int port() const { return port_; }
  /// From any thread: asks each session what it has to send.
  void wake();

 private:
  struct Connection;

  LoopbackServer(base::Fd listener, base::Fd wakeRead, base::Fd wakeWrite, int port);
  void serve();
  void acceptAll();
  void readFrom(Connection& connection);
  void writeTo(Connection& connection);

  base::Fd listener_, wakeRead_, wakeWrite_;
  int port_ = 0;
  std::atomic<bool> stopping_{false}, woken_{false};
  Accept accept_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace net
