#include "net/loopback_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace net {
namespace {

/// A client that does not read is not read from either.
constexpr std::size_t mostUnsent = std::size_t{8} << 20;

tl::unexpected<base::Error> failure(std::string message) {
  return base::fail({base::Kind::failed, std::move(message), std::strerror(errno)});
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void doNotWait(int fd) {
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
}

}  // namespace

struct LoopbackServer::Connection {
  base::Fd fd;
  std::unique_ptr<ServerSession> session;
  std::string unsent{};
  std::size_t sent = 0;  // of unsent
  bool broken = false;

  [[nodiscard]] bool over() const { return broken || (session->ended() && unsent.empty()); }
  [[nodiscard]] short events() const {
    const bool reads = !session->ended() && unsent.size() - sent < mostUnsent;
    return static_cast<short>((reads ? POLLIN : 0) | (unsent.empty() ? 0 : POLLOUT));
  }
};

base::Result<std::unique_ptr<LoopbackServer>> LoopbackServer::listen(int port) {
  base::Fd listener(socket(AF_INET, SOCK_STREAM, 0));
  if (!listener) return failure("cannot make a socket");
  const int yes = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address = loopback(port);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.get(), raw, size) != 0 || ::listen(listener.get(), 1024) != 0 ||
      getsockname(listener.get(), raw, &size) != 0) {
    return failure("cannot listen on port " + std::to_string(port) + " of 127.0.0.1");
  }
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return failure("cannot make a pipe");
  base::Fd wakeRead(ends[0]), wakeWrite(ends[1]);
  for (const int fd : {listener.get(), wakeRead.get(), wakeWrite.get()}) doNotWait(fd);
  return std::unique_ptr<LoopbackServer>(new LoopbackServer(std::move(listener), std::move(wakeRead),
                                                            std::move(wakeWrite), ntohs(address.sin_port)));
}

LoopbackServer::LoopbackServer(base::Fd listener, base::Fd wakeRead, base::Fd wakeWrite, int port)
    : listener_(std::move(listener)),
      wakeRead_(std::move(wakeRead)),
      wakeWrite_(std::move(wakeWrite)),
      port_(port) {}

void LoopbackServer::start(Accept accept) {
  accept_ = std::move(accept);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
}

void LoopbackServer::wake() {
  if (woken_.exchange(true)) return;
  const char byte = 0;
  static_cast<void>(!write(wakeWrite_.get(), &byte, 1));
}

void LoopbackServer::serve() {
  std::vector<pollfd> polled;
  auto lastWake = std::chrono::steady_clock::now();
  while (!stopping_) {
    polled.assign({{listener_.get(), POLLIN, 0}, {wakeRead_.get(), POLLIN, 0}});
    for (const auto& connection : connections_)
      polled.push_back({connection->fd.get(), connection->events(), 0});
    poll(polled.data(), polled.size(), 1000);
    for (std::size_t i = 0; i + 2 < polled.size(); ++i) {
      const short events = polled[i + 2].revents;
      if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) readFrom(*connections_[i]);
    }
    const auto now = std::chrono::steady_clock::now();
    if (polled[1].revents != 0 || now - lastWake > std::chrono::seconds(1)) {
      std::array<char, 64> bytes{};
      woken_ = false;
      static_cast<void>(!read(wakeRead_.get(), bytes.data(), bytes.size()));
      lastWake = now;
      for (const auto& connection : connections_) connection->unsent += connection->session->wake();
    }
    for (const auto& connection : connections_)
      if (!connection->unsent.empty()) writeTo(*connection);
    std::erase_if(connections_, [](const auto& connection) { return connection->over(); });
    if (polled[0].revents != 0) acceptAll();
  }
  connections_.clear();
}

void LoopbackServer::acceptAll() {
  while (true) {
    base::Fd fd(::accept(listener_.get(), nullptr, nullptr));
    if (!fd) return;
    doNotWait(fd.get());
    const int yes = 1;
    setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    connections_.push_back(std::make_unique<Connection>(Connection{std::move(fd), accept_()}));
  }
}

void LoopbackServer::readFrom(Connection& connection) {
  std::array<char, 64 * 1024> portion;  // NOLINT: to clear it first takes longer than to read
  const auto size = recv(connection.fd.get(), portion.data(), portion.size(), 0);
  if (size > 0) {
    connection.unsent += connection.session->feed(std::string_view(portion.data(), std::size_t(size)));
  } else if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
    connection.broken = true;
  }
}

void LoopbackServer::writeTo(Connection& connection) {
  const auto size = send(connection.fd.get(), connection.unsent.data() + connection.sent,
                         connection.unsent.size() - connection.sent, MSG_NOSIGNAL);
  if (size < 0) {
    connection.broken = errno != EAGAIN && errno != EINTR;
    return;
  }
  connection.sent += std::size_t(size);
  if (connection.sent < connection.unsent.size()) return;
  connection.unsent.clear();
  connection.sent = 0;
}

}  // namespace net
