#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rehearsal {

/// The far end of a connection to a port of a pod, as bytes in and bytes out.
class PortEnd {
 public:
  virtual ~PortEnd() = default;
  /// What the client sent; gives what to send back (maybe nothing).
  virtual std::string feed(std::string_view bytes) = 0;
  /// It has ended the connection from its side.
  [[nodiscard]] virtual bool closed() const = 0;
};

struct ExecResult {
  std::string out, err;
  int exitCode = 0;
};

/// What runs in the pods, as a kubelet reaches it: Envoy's admin port, istiod's 15012, files in containers.
/// Errors are told to the client in the kubelet's words ("connection refused", "container not found").
class Pods {
 public:
  virtual ~Pods() = default;
  virtual base::Result<std::unique_ptr<PortEnd>> connect(const std::string& ns, const std::string& pod,
                                                         int port) = 0;
  virtual base::Result<ExecResult> execute(const std::string& ns, const std::string& pod,
                                           const std::string& container,
                                           const std::vector<std::string>& command) = 0;
  /// What the container that runs now has logged, line by line; empty where nothing is known of it.
  [[nodiscard]] virtual std::vector<std::string> log(const std::string& /*ns*/, const std::string& /*pod*/,
                                                     const std::string& /*container*/) const {
    return {};
  }
};

}  // namespace rehearsal
