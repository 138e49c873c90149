#include "kube/port_forward.h"

#include <fmt/format.h>

#include "base/text.h"

namespace kube {
namespace {

constexpr std::string_view protocolName = "v4.channel.k8s.io";

std::string onChannelZero(std::string_view bytes) {
  std::string message(1, '\0');
  message += bytes;
  return message;
}

}  // namespace

PortForwardConversation::PortForwardConversation(const PortForward& forward) : forward_(forward) {}

base::Status PortForwardConversation::result() const {
  if (!ended_) return base::fail({base::Kind::failed, "it was not held"});
  return result_;
}

void PortForwardConversation::fail(base::Error error) {
  if (ended_) return;
  ended_ = true;
  result_ = base::fail(std::move(error));
}

std::vector<std::string> PortForwardConversation::onOpen(std::string_view protocol) {
  if (protocol != protocolName) {
    fail({base::Kind::failed, "the server does not speak " + std::string(protocolName)});
    return {};
  }
  // The runtime opens the connection in the pod by itself: what is sent now is read as soon as it stands.
  const std::string first = forward_.protocol->onOpen();
  return first.empty() ? std::vector<std::string>{} : std::vector{onChannelZero(first)};
}

std::vector<std::string> PortForwardConversation::onMessage(std::string_view message) {
  if (ended_) return {};
  const auto answer = receive(message);
  if (!answer) {
    fail(answer.error());
    return {};
  }
  ended_ = forward_.protocol->done();
  return answer->empty() ? std::vector<std::string>{} : std::vector{onChannelZero(*answer)};
}

base::Result<std::string> PortForwardConversation::receive(std::string_view message) {
  if (message.empty()) return std::string();
  const auto channel = static_cast<unsigned char>(message.front());
  if (channel > 1)
    return base::fail({base::Kind::failed, fmt::format("a message on channel {}", int{channel})});
  TRY_ASSIGN(const std::string_view payload, pastPort(channel, message.substr(1)));
  if (payload.empty()) return std::string();
  if (channel == 1)
    return base::fail({base::Kind::unavailable, "the node cannot forward", std::string(base::trim(payload))});
  return forward_.protocol->onBytes(payload);
}

/// What follows the port, which must be ours: anything else is another protocol or another pod's stream.
base::Result<std::string_view> PortForwardConversation::pastPort(std::size_t channel,
                                                                 std::string_view payload) {
  std::string& seen = portSeen_.at(channel);
  const std::size_t missing = std::min(std::size_t{2} - seen.size(), payload.size());
  if (missing == 0) return payload;
  seen += payload.substr(0, missing);
  if (seen.size() == 2) {
    const int port = static_cast<unsigned char>(seen[0]) + 256 * static_cast<unsigned char>(seen[1]);
    if (port != forward_.port)
      return base::fail({base::Kind::failed, fmt::format("the server forwards port {} instead", port)});
  }
  return payload.substr(missing);
}

void PortForwardConversation::onClose(int code, std::string_view reason) {
  if (ended_) return;
  const base::Status status = forward_.protocol->onEnd();
  if (!status) return fail(status.error());
  if (forward_.protocol->done()) {
    ended_ = true;
    return;
  }
  fail({base::Kind::unavailable, "the connection ended early",
        reason.empty() ? fmt::format("close code {}", code) : std::string(reason)});
}

void PortForwardConversation::onError(const base::Error& error) {
  fail(error);
}

}  // namespace kube
