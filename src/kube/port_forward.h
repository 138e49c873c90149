#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kube/pod_stream.h"
#include "net/http.h"

namespace kube {

/// One side of a port-forward of one port over v4.channel.k8s.io: every message is a channel's byte and its
/// payload; channel 0 is data, 1 errors as text, and the first thing on each is the port in two bytes,
/// little-endian.
class PortForwardConversation final : public net::Conversation {
 public:
  explicit PortForwardConversation(const PortForward& forward);

  std::vector<std::string> onOpen(std::string_view protocol) override;
  std::vector<std::string> onMessage(std::string_view message) override;
  void onClose(int code, std::string_view reason) override;
  void onError(const base::Error& error) override;
  [[nodiscard]] bool done() const override { return ended_; }
  /// Success once the protocol is done.
  [[nodiscard]] base::Status result() const;

 private:
  base::Result<std::string> receive(std::string_view message);
  base::Result<std::string_view> pastPort(std::size_t channel, std::string_view payload);
  void fail(base::Error error);

  PortForward forward_;
  std::array<std::string, 2> portSeen_{};  // what has come of each channel's port
  bool ended_ = false;
  base::Status result_{};
};

}  // namespace kube
