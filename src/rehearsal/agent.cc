#include "rehearsal/agent.h"

#include <fmt/format.h>

#include "rehearsal/istiod.h"

namespace rehearsal {

namespace {

constexpr const char* mountedPath = "/var/run/secrets/istio/root-cert.pem";
enum Port { admin = 15000, status = 15020, health = 15021 };

}  // namespace

Agent::Agent(Mesh& mesh, const json::Value& pod, const Files& files)
    : mesh_(mesh),
      timers_(mesh.simulation),
      id_(mesh.nextId()),
      ns_(pod["metadata"]["namespace"].text()),
      pod_(pod["metadata"]["name"].text()),
      container_("istio-proxy") {
  const auto& container = containerOf(pod, container_);
  listens_ = goTrue(envOf(container, "PROXY_CONFIG_XDS_AGENT"));
  distroless_ = container["image"].text().ends_with("-distroless");
  // CA_ADDR is "istiod.istio-system.svc:15012".
  const auto address = envOf(container, "CA_ADDR");
  const auto dot = address.find('.');
  service_ = dot == std::string::npos ? "istiod" : address.substr(0, dot);
  serviceNs_ = dot == std::string::npos ? "istio-system"
                                        : address.substr(dot + 1, address.find('.', dot + 1) - dot - 1);
  trustDomain_ = envOf(container, "TRUST_DOMAIN");
  if (trustDomain_.empty()) trustDomain_ = "cluster.local";
  auto account = pod["spec"]["serviceAccountName"].text();
  if (account.empty()) account = "default";
  spiffeId_ = fmt::format("spiffe://{}/ns/{}/sa/{}", trustDomain_, ns_, account);
  refreshed(files);
  caPool_ = mounted_;
  mesh_.join(*this);
  timers_.within(base::Millis(50), base::Millis(300), [this] { connectXds(); });
  requestSoon(base::Millis(50), base::Millis(500));
}

Agent::~Agent() {
  mesh_.leave(*this);
}

void Agent::refreshed(const Files& files) {
  const auto found = files.find(mountedPath);
  const auto& pem = found == files.end() ? std::string() : found->second;
  if (!mounted_ || mounted_->pem != pem) mounted_ = mesh_.roots.of(pem);
}

void Agent::lost(std::uint64_t istiod) {
  if (ca_.istiod == istiod) ca_ = {};
  if (xds_.istiod != istiod) return;
  xds_ = {};
  reconnectXds(base::Millis(100), base::Millis(1500));
}

/// A ready istiod that verifies with these roots; null if there is none, or the one that was met does not.
Istiod* Agent::reach(const Roots& trusted) const {
  auto* istiod = mesh_.anyBehind(service_, serviceNs_);
  if (istiod == nullptr || istiod->whyNotTrusted(service_ + "." + serviceNs_ + ".svc", trusted))
    return nullptr;
  return istiod;
}

HttpAnswer Agent::health() const {
  return ready() ? HttpAnswer{200, "text/plain", ""} : HttpAnswer{503, "text/plain", "not ready\n"};
}

base::Result<std::unique_ptr<PortEnd>> Agent::connect(int port) {
  if (mesh_.knobs.silentProxies.contain(ns_, pod_) && port == Port::admin) return makeSilentPort();
  switch (port) {
    case Port::admin:
      // Answered at once: nobody asks when this is gone.
      return makeHttpPort([envoy = envoy_](std::string_view path) { return envoy.get(path); });
    case Port::status:
    case Port::health:
      return makeHttpPort([answer = health()](std::string_view path) {
        return path == "/healthz/ready" ? answer : HttpAnswer{404, "text/plain", "404 page not found\n"};
      });
    default:
      return base::fail({base::Kind::failed, "connection refused"});
  }
}

base::Result<ExecResult> Agent::execute(const std::string&, const std::vector<std::string>& command) {
  if (mesh_.knobs.silentProxies.contain(ns_, pod_))
    return base::fail({base::Kind::timedOut, "context deadline exceeded"});
  // istio: pilot/pkg/request/command.go:49-52 prints whatever Envoy answers, an error's text too.
  const bool asks =
      command.size() == 4 && command[0] == "pilot-agent" && command[1] == "request" && command[2] == "GET";
  if (asks) return ExecResult{envoy_.get("/" + command[3]).body, "", 0};
  if (command.size() != 2 || command[0] != "cat" || distroless_) return base::fail(noProgram(command));
  if (command[1] == mountedPath && !mounted_->pem.empty()) return ExecResult{mounted_->pem, "", 0};
  return ExecResult{"", fmt::format("cat: {}: No such file or directory\n", command[1]), 1};
}

}  // namespace rehearsal
