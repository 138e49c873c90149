#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

struct wslay_event_context;

namespace net {

/// The close frame of the other side; 1005 where it says no code.
struct Closing {
  int code = 0;
  std::string reason{};
};

/// One side of a WebSocket behind the upgrade, without I/O: bytes in, whole messages out, and the bytes to
/// send. Over wslay, which puts fragments together, answers pings, masks, and checks the protocol.
class Frames {
 public:
  enum class Side { client, server };
  explicit Frames(Side side = Side::client);
  ~Frames();
  Frames(const Frames&) = delete;
  Frames& operator=(const Frames&) = delete;

  /// Takes bytes; Kind::failed if they break the protocol or a message is larger than 16 MiB.
  base::Status feed(std::string_view bytes);
  /// The messages that have become whole, oldest first.
  std::vector<std::string> takeMessages() { return std::exchange(messages_, {}); }
  /// Set once the other side has closed.
  [[nodiscard]] const std::optional<Closing>& closing() const { return closing_; }

  void send(std::string_view binaryMessage);
  /// A close frame with code 1000.
  void close();
  /// The bytes to send: messages, pongs, close.
  base::Result<std::string> takeOutput();

 private:
  struct Callbacks;

  struct Free {
    void operator()(wslay_event_context* context) const;
  };
  Side side_;
  std::unique_ptr<wslay_event_context, Free> context_;
  std::string_view input_;
  std::string output_;
  std::vector<std::string> messages_;
  std::optional<Closing> closing_;
};

}  // namespace net
