#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_request.h"
#include "rehearsal/api_request.h"
#include "rehearsal/pods.h"
#include "rehearsal/refusal.h"

namespace rehearsal {

/// The server's side of a port-forward or exec over a WebSocket: messages in, messages out, each with its
/// channel in front (reference: kubernetes: staging/src/k8s.io/cri-streaming/pkg/streaming).
class PodChannels {
 public:
  virtual ~PodChannels() = default;
  /// What is to be sent at once.
  virtual std::vector<std::string> open() = 0;
  virtual std::vector<std::string> onMessage(std::string_view message) = 0;
  /// The WebSocket is to be closed, once all is sent.
  [[nodiscard]] virtual bool done() const = 0;
};

struct Upgrade {
  std::vector<net::Header> headers;  // of the 101
  std::unique_ptr<PodChannels> channels;
};

/// The container that is meant: the one that is named, or the only one; 400 otherwise (kubernetes:
/// pkg/registry/core/pod/strategy.go).
Granted<std::string> containerOf(const ApiRequest& request, const json::Value& pod);

/// For GET .../pods/NAME/portforward?ports=15000 and .../pods/NAME/exec?command=…; 400 for what the API
/// server refuses by itself. `pod` is there.
Granted<Upgrade> openPortForward(const ApiRequest& request, Pods& pods);
Granted<Upgrade> openExec(const ApiRequest& request, const json::Value& pod, Pods& pods);

}  // namespace rehearsal
