#include "unit/net/connect_proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit/net/tls_server.h"

namespace net::test {

namespace {

int connectToLoopback(int port) {
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<unsigned short>(port));
  if (connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) perror("connect");
  return connection;
}

bool pass(int from, int to) {
  char bytes[16384];
  const ssize_t count = read(from, bytes, sizeof bytes);
  return count > 0 && write(to, bytes, std::size_t(count)) == count;
}

/// Both ways, until one side ends.
void pump(int a, int b) {
  while (true) {
    pollfd fds[2] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    if (poll(fds, 2, 5000) <= 0) return;
    if (fds[0].revents != 0 && !pass(a, b)) return;
    if (fds[1].revents != 0 && !pass(b, a)) return;
  }
}

}  // namespace

ConnectProxy::ConnectProxy(int targetPort) : target_(targetPort) {
  listener_ = listenOnLoopback(port_);
  thread_ = std::thread([this] { run(); });
}

ConnectProxy::~ConnectProxy() {
  heads();
  close(listener_);
}

std::vector<std::string> ConnectProxy::heads() {
  shutdown(listener_, SHUT_RDWR);
  if (thread_.joinable()) thread_.join();
  return heads_;
}

void ConnectProxy::run() {
  for (int client; (client = accept(listener_, nullptr, nullptr)) >= 0; close(client)) {
    std::string head;
    char byte;
    while (!head.ends_with("\r\n\r\n") && read(client, &byte, 1) == 1) head += byte;
    heads_.push_back(head.substr(0, head.find("\r\n")));
    const int server = connectToLoopback(target_);
    const std::string connected = "HTTP/1.1 200 Connected\r\n\r\n";
    if (write(client, connected.data(), connected.size()) > 0) pump(client, server);
    close(server);
  }
}

}  // namespace net::test
