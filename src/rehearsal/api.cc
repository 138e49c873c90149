#include "rehearsal/api.h"

#include "rehearsal/access_rules.h"
#include "rehearsal/authentication.h"
#include "rehearsal/discovery.h"
#include "rehearsal/evictions.h"
#include "rehearsal/kinds.h"
#include "rehearsal/pod_log.h"
#include "rehearsal/reviews.h"

namespace rehearsal {
namespace {

ApiAnswer plainText(int status, std::string text) {
  ApiAnswer answer;
  answer.status = status;
  answer.body = std::move(text);
  answer.type = "text/plain; charset=utf-8";
  return answer;
}

/// What a Go server says of a path that it does not know.
ApiAnswer pageNotFound() {
  return plainText(404, "404 page not found\n");
}

Refusal refusalOf(const ApiRequest& request) {
  const Attributes wanted = attributesOf(request);
  if (request.ofResource) return forbidden(request.key(), whyNotAllowed(request.user, wanted));
  return {403, "Forbidden", "forbidden: " + whyNotAllowed(request.user, wanted), json::Value::object()};
}

bool isOfPod(const ApiRequest& request) {
  return request.group.empty() && request.plural == "pods" &&
         (request.sub == "portforward" || request.sub == "exec" || request.sub == "attach" ||
          request.sub == "log" || request.sub == "eviction");
}

}  // namespace

Api::Api(Simulation& simulation, Store& store, Pods& pods, std::function<void()> changed)
    : simulation_(simulation), store_(store), pods_(pods), objects_(simulation, store, std::move(changed)) {}

void Api::interfere(Fault fault) {
  const std::lock_guard lock(mutex());
  fault_ = std::move(fault);
}

void Api::admitPods(AdmitPod admit) {
  const std::lock_guard lock(mutex());
  objects_.admitPods(std::move(admit));
}

void Api::audit(AuditTrail trail) {
  const std::lock_guard lock(mutex());
  trail_ = std::move(trail);
}

void Api::serveMetrics(std::function<std::string()> metrics) {
  const std::lock_guard lock(mutex());
  metrics_ = std::move(metrics);
}

ApiAnswer Api::handle(ApiRequest request, const std::vector<pki::Certificate>& client) {
  const std::lock_guard lock(mutex());
  if (!trail_.add || !isAudited(request)) return handled(request, client);
  const auto received = trail_.now();
  auto answer = handled(request, client);
  trail_.add(auditEvent(request, answer.status, received, trail_.now()));
  return answer;
}

ApiAnswer Api::handled(ApiRequest& request, const std::vector<pki::Certificate>& client) {
  const int fault = fault_ ? fault_(request.http.method, request.path) : 0;
  Granted<ApiAnswer> granted = [&]() -> Granted<ApiAnswer> {
    if (fault <= 0) return answer(request, client);
    GRANT_ASSIGN(request.user, authenticate(request, client, store_, simulation_.now()));
    return refuse(fault == 403 ? refusalOf(request) : injected(fault));
  }();
  ApiAnswer out = granted ? std::move(*granted) : answerOf(granted.error());
  out.silent = fault < 0;
  return out;
}

Granted<ApiAnswer> Api::answer(ApiRequest& request, const std::vector<pki::Certificate>& client) {
  GRANT_ASSIGN(request.user, authenticate(request, client, store_, simulation_.now()));
  if (!isAllowed(store_, request.user, attributesOf(request))) return refuse(refusalOf(request));
  return route(request);
}

Granted<ApiAnswer> Api::route(const ApiRequest& request) {
  if (auto found = discover(request, store_)) return std::move(*found);
  if (request.path == "/metrics" && metrics_) return plainText(200, metrics_());
  if (!request.ofResource) return pageNotFound();
  if (auto reviewed = review(request, store_, simulation_)) return std::move(*reviewed);
  const auto kind = findKind(store_, request.group, request.version, request.plural);
  if (!kind) return pageNotFound();
  if (isOfPod(request)) return openPod(request);
  return objects_.handle(request, *kind);
}

Granted<ApiAnswer> Api::openPod(const ApiRequest& request) {
  const json::Value* pod = store_.find(request.key());
  if (pod == nullptr) return refuse(notFound(request.key()));
  if (request.sub == "eviction") return evict(request, store_);
  if (request.sub == "log") return logOf(request, *pod, pods_);
  if (request.sub == "attach")
    return refuse(badRequest("the containers of a rehearsal cannot be attached to: use exec"));
  if ((*pod)["spec"]["nodeName"].text().empty())
    return refuse(badRequest("pod " + request.name + " does not have a host assigned"));
  ApiAnswer answer;
  answer.status = 101;
  if (request.sub == "exec") {
    GRANT_ASSIGN(answer.upgrade, openExec(request, *pod, pods_));
  } else {
    GRANT_ASSIGN(answer.upgrade, openPortForward(request, pods_));
  }
  return answer;
}

}  // namespace rehearsal
