#pragma once

#include <string>
#include <thread>
#include <vector>

namespace net::test {

/// An HTTP proxy that knows CONNECT: notes what it is asked for, and passes bytes to a loopback port, one
/// connection after the other.
class ConnectProxy {
 public:
  explicit ConnectProxy(int targetPort);
  ~ConnectProxy();
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// The first lines of the requests; ends the proxy.
  std::vector<std::string> heads();

 private:
  void run();

  int target_, port_ = 0, listener_ = -1;
  std::vector<std::string> heads_;
  std::thread thread_;
};

}  // namespace net::test
