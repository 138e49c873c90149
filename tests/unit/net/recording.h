#pragma once

#include <string>
#include <vector>

#include "base/text.h"
#include "net/http.h"

namespace net::test {

/// Writes down what it is told, and is done after so many messages.
class Recording final : public Conversation {
 public:
  explicit Recording(std::size_t wanted = 1, std::vector<std::string> first = {"hello"})
      : wanted_(wanted), first_(std::move(first)) {}

  std::vector<std::string> onOpen(std::string_view protocol) override {
    log.push_back("open " + std::string(protocol));
    return first_;
  }
  std::vector<std::string> onMessage(std::string_view message) override {
    messages.emplace_back(message);
    return {};
  }
  void onClose(int code, std::string_view reason) override {
    log.push_back("close " + std::to_string(code) + " " + std::string(reason));
  }
  [[nodiscard]] bool done() const override { return messages.size() >= wanted_; }
  void onError(const base::Error& error) override {
    log.push_back("error " + base::describe(error));
    kind = error.kind;
  }

  std::vector<std::string> log{}, messages{};
  base::Kind kind = base::Kind::failed;

 private:
  std::size_t wanted_;
  std::vector<std::string> first_;
};

/// Of WebSocket frames.
namespace opcode {
constexpr int continuation = 0, text = 1, binary = 2, closing = 8, ping = 9, pong = 10;
}

/// A frame as a server sends it.
inline std::string frame(int code, std::string_view payload, bool last = true) {
  std::string bytes(1, static_cast<char>(code | (last ? 0x80 : 0)));
  const auto put = [&](int count) {
    for (int i = count - 1; i >= 0; --i) bytes += static_cast<char>(payload.size() >> (8 * i));
  };
  if (payload.size() < 126) {
    put(1);
  } else if (payload.size() < 65536) {
    bytes += char(126);
    put(2);
  } else {
    bytes += char(127);
    put(8);
  }
  return bytes += payload;
}

/// The value of a header in a request's head.
inline std::string headerOf(const std::string& head, const std::string& name) {
  const auto begin = head.find("\r\n" + name + ": ");
  if (begin == std::string::npos) return {};
  const auto from = begin + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

/// The 101 that answers an upgrade.
inline std::string switching(const std::string& upgradeHead, const std::string& protocol) {
  const auto accept = base::base64Encode(
      base::sha1(headerOf(upgradeHead, "Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
  return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: "
         "Upgrade\r\nSec-WebSocket-Accept: " +
         accept + "\r\nSec-WebSocket-Protocol: " + protocol + "\r\n\r\n";
}

}  // namespace net::test
