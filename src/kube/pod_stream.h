#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "kube/api.h"

namespace kube {

struct PodRef {
  std::string ns, name;
  auto operator<=>(const PodRef&) const = default;
};

/// A byte protocol spoken to a pod's port, without I/O.
class PortProtocol {
 public:
  virtual ~PortProtocol() = default;
  virtual std::string onOpen() = 0;                                       // the first bytes to send
  virtual base::Result<std::string> onBytes(std::string_view bytes) = 0;  // bytes to send next
  virtual base::Status onEnd() = 0;                                       // the other side has closed
  [[nodiscard]] virtual bool done() const = 0;
};

struct PortForward {
  PodRef pod;
  int port = 0;
  PortProtocol* protocol = nullptr;  // borrowed
};

/// Opens one WebSocket port-forward for each (v4.channel.k8s.io, channel 0 data, 1 error, the first message
/// on each being the port; reference: kubernetes pkg/kubelet streaming portforward/websocket.go), many at a
/// time, and lets each protocol speak. The result at i says whether protocol i reached done(); errors name
/// pod and port.
std::vector<base::Result<void>> forward(Api& api, const std::vector<PortForward>& forwards,
                                        base::Millis timeout);

struct Exec {
  PodRef pod;
  std::string container;
  std::vector<std::string> command;
};

struct ExecOutput {
  std::string out, err;
  int exitCode = 0;
};

/// Runs a command in each container over a WebSocket (v5.channel.k8s.io or v4), output complete or an error:
/// an exec that ends without a Status is not a success.
std::vector<base::Result<ExecOutput>> execute(Api& api, const std::vector<Exec>& execs, base::Millis timeout);

}  // namespace kube
