#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "pki/certificate.h"
#include "rehearsal/api_answer.h"
#include "rehearsal/api_request.h"
#include "rehearsal/audit.h"
#include "rehearsal/objects_api.h"
#include "rehearsal/pods.h"
#include "rehearsal/simulation.h"
#include "rehearsal/store.h"

namespace rehearsal {

/// The API without its sockets: a request in, an answer out.
class Api {
 public:
  using Fault = std::function<int(std::string_view method, std::string_view path)>;

  /// All borrowed. `changed` is called when watches have something to say.
  Api(Simulation& simulation, Store& store, Pods& pods, std::function<void()> changed);

  /// Takes the mesh's lock. `client`: the certificate that the connection was made with, if any.
  ApiAnswer handle(ApiRequest request, const std::vector<pki::Certificate>& client);
  void interfere(Fault fault);
  void admitPods(AdmitPod admit);
  void audit(AuditTrail trail);
  void serveMetrics(std::function<std::string()> metrics);
  /// For what is between requests: bytes of a port-forward.
  std::mutex& mutex() { return simulation_.mutex(); }
  [[nodiscard]] base::Time now() const { return simulation_.now(); }

 private:
  Granted<ApiAnswer> answer(ApiRequest& request, const std::vector<pki::Certificate>& client);
  Granted<ApiAnswer> route(const ApiRequest& request);
  Granted<ApiAnswer> openPod(const ApiRequest& request);
  ApiAnswer handled(ApiRequest& request, const std::vector<pki::Certificate>& client);

  Simulation& simulation_;
  Store& store_;
  Pods& pods_;
  ObjectsApi objects_;
  Fault fault_;
  AuditTrail trail_;
  std::function<std::string()> metrics_;
};

}  // namespace rehearsal
