#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "rehearsal/audit.h"
#include "rehearsal/objects_api.h"
#include "rehearsal/pods.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// A Kubernetes API server on loopback, over TLS, for the objects of a store: discovery, get, list
/// (selectors, limit and continue), watch, create, update, delete, JSON, merge, strategic merge and apply
/// patches, resourceVersion conflicts, status and token subresources, SelfSubjectAccessReview, port-forward
/// and exec over WebSocket. A thread of its own serves; it holds the simulation's mutex for each request.
class ApiServer {
 public:
  /// All borrowed. Starts at once, on a free port of 127.0.0.1 (or `port`).
  static base::Result<std::unique_ptr<ApiServer>> start(Simulation& simulation, Store& store, Pods& pods,
                                                        int port = 0);
  virtual ~ApiServer() = default;
  /// A kubeconfig (YAML) with its address, its CA and a client certificate of an administrator.
  [[nodiscard]] virtual const std::string& kubeconfig() const = 0;
  /// The next requests that match are answered otherwise, for faults and permissions; an empty function:
  /// none. Gets method and path; gives an HTTP status to answer with instead (0: go on), or -1: apply it and
  /// answer nothing.
  virtual void interfere(std::function<int(std::string_view method, std::string_view path)> fault) = 0;
  /// What the webhooks make of a pod that a client creates (Programs::admit), under the simulation's mutex;
  /// an error refuses it. Without one, pods stay as they are.
  virtual void admitPods(AdmitPod admit) = 0;
  virtual void audit(AuditTrail trail) = 0;
  /// What GET /metrics answers, asked under the simulation's mutex; without it there is no such page.
  virtual void serveMetrics(std::function<std::string()> metrics) = 0;
};

}  // namespace rehearsal
