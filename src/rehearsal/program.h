#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "rehearsal/pods.h"

namespace rehearsal {

/// The volumes of a pod as its containers see them: absolute path and content.
using Files = std::map<std::string, std::string>;

/// What runs in one pod: an istiod, or an agent with its Envoy. The kubelet tells it what happens to the pod;
/// what it does to the mesh in its turn (objects, timers, connections to others) is between it and what it
/// was made with. Destroyed when the pod is gone or its container crashes.
class Program {
 public:
  virtual ~Program() = default;
  /// The kubelet has refreshed the volumes.
  virtual void refreshed(const Files& files) = 0;
  /// What a readiness probe would find now.
  [[nodiscard]] virtual bool ready() const = 0;
  /// The pod has a deletionTimestamp: it drains, and is destroyed soon.
  virtual void terminating() = 0;
  virtual base::Result<std::unique_ptr<PortEnd>> connect(int port) = 0;
  virtual base::Result<ExecResult> execute(const std::string& container,
                                           const std::vector<std::string>& command) = 0;
  /// What its container has logged since it started, line by line, each with its time.
  [[nodiscard]] virtual std::vector<std::string> log() const { return {}; }
};

/// Who knows what to run in a pod, and what a pod is to be before it is made.
class Programs {
 public:
  virtual ~Programs() = default;
  /// The admission of a pod that is about to be created: with its proxy injected where its namespace and
  /// labels ask for one, or as it was. An error (no istiod answers the webhook) keeps the pod from being made
  /// now; its controller tries again.
  virtual base::Result<json::Value> admit(json::Value pod) = 0;
  /// Starts the containers of a pod whose volumes are mounted; null if nothing of interest runs in it. An
  /// error is that of a container that ends at once ("incomplete signing CA bundle detected"): it is started
  /// again after a back-off, as a kubelet does.
  virtual base::Result<std::unique_ptr<Program>> start(const json::Value& pod, const Files& files) = 0;
};

}  // namespace rehearsal
