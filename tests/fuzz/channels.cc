// Any messages as a port-forward and as an exec: each ends, and succeeds only with a complete answer.
#include "fuzz/check.h"

#include <algorithm>
#include <cstdlib>

#include "kube/exec_stream.h"
#include "kube/http_get.h"
#include "kube/port_forward.h"

namespace fuzz {
namespace {

/// The first byte of what is left is the length of the next message.
template <class Feed>
void eachMessage(std::string_view bytes, const Feed& feed) {
  while (!bytes.empty()) {
    const std::size_t length = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    feed(bytes.substr(0, length));
    bytes.remove_prefix(std::min(length, bytes.size()));
  }
}

}  // namespace

void checkChannels(std::string_view stream) {
  kube::HttpGet get("/");
  kube::PortForwardConversation forward({{"ns", "pod"}, 15000, &get});
  forward.onOpen("v4.channel.k8s.io");
  eachMessage(stream, [&](std::string_view message) {
    if (!forward.done()) forward.onMessage(message);
  });
  if (!forward.done()) forward.onClose(1000, "");
  if (!forward.done() || (forward.result() && !get.done())) std::abort();

  kube::ExecConversation exec;
  exec.onOpen("v5.channel.k8s.io");
  bool status = false;
  eachMessage(stream, [&](std::string_view message) {
    status = status || message.starts_with('\x03');
    if (!exec.done()) exec.onMessage(message);
  });
  if (!exec.done()) exec.onClose(1000, "");
  if (!exec.done() || (exec.result() && !status)) std::abort();
}

}  // namespace fuzz
