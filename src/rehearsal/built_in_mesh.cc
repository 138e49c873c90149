#include "rehearsal/built_in_mesh.h"

#include <fmt/format.h>

#include "rehearsal/administrator.h"
#include "rehearsal/api_server.h"
#include "rehearsal/controllers.h"
#include "rehearsal/fault_effects.h"
#include "rehearsal/istio_programs.h"
#include "rehearsal/kubelet.h"
#include "rehearsal/populate.h"
#include "rehearsal/sail_operator.h"
#include "rehearsal/settled.h"

namespace rehearsal {

namespace {

// A mesh is made so long before it is looked at; a large one may take longer.
constexpr base::Millis history = std::chrono::minutes(15);
constexpr base::Millis longestStart = std::chrono::hours(2);
constexpr base::Millis step{500};
// In a mesh of so many proxies each ordered pair is tried anew after each change.
constexpr std::size_t everyPair = 8;
// What requests take of the mesh's time, where so many are in flight: reads of 200 ms, streams to a kubelet
// of 400 ms, or in a large mesh, where each waits for none of the others, 250 ms.
constexpr base::Millis perRead{12}, perStream{25}, perStreamOfMany{8};
constexpr int many = 64, crowd = 500;

std::string kindOf(std::string_view method, std::string_view path) {
  if (path.find("/portforward") != std::string_view::npos) return "port-forwards";
  if (path.find("/exec") != std::string_view::npos) return "execs";
  if (method != "GET") return "writes";
  return path.find("watch=") != std::string_view::npos ? "watches" : "reads";
}

constexpr std::string_view restartedAt = "kubectl.kubernetes.io/restartedAt";

/// "Deployment shop/server" where a change is a rollout restart; else empty.
std::string restartOf(const Change& change) {
  if (change.kind != Change::Kind::modified || change.key.group != "apps") return {};
  const auto at = [](const Object& object) {
    return (*object)["spec"]["template"]["metadata"]["annotations"][restartedAt].text();
  };
  if (at(change.object).empty() || at(change.object) == at(change.before)) return {};
  return fmt::format("{} {}/{}", (*change.object)["kind"].text(), change.key.ns, change.key.name);
}

int nodesFor(const Shape& shape) {
  int nodes = 2;
  for (const auto& workload : shape.workloads) {
    if (workload.kind == "DaemonSet") nodes = std::max(nodes, workload.replicas);
  }
  return nodes;
}

/// In a large mesh something changes all the time: it is looked at less often then.
TrafficOptions trafficOf(const Shape& shape) {
  TrafficOptions options{.everyPair = everyPair};
  if (proxiesOf(shape) > crowd) options.shortest = std::chrono::seconds(1);
  return options;
}

std::string withMicros(std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::floor<base::Seconds>(time);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(time - whole).count();
  auto text = base::formatTime(whole);
  return text.insert(text.size() - 1, fmt::format(".{:06}", micros));  // before the Z
}

/// As Prometheus reads it.
std::string metricsOf(const TrafficReport& traffic) {
  std::string text = fmt::format(
      "# HELP rehearsal_handshakes_total Mutual TLS handshakes between proxies since the mesh stood.\n"
      "# TYPE rehearsal_handshakes_total counter\n"
      "rehearsal_handshakes_total {}\n"
      "# HELP rehearsal_handshakes_failed_total Those of them that failed, by the reason.\n"
      "# TYPE rehearsal_handshakes_failed_total counter\n",
      traffic.tried);
  for (const auto& [reason, count] : traffic.reasons)
    text += fmt::format("rehearsal_handshakes_failed_total{{reason={}}} {}\n", json::dump(reason), count);
  return text;
}

class WholeMesh final : public BuiltInMesh {
 public:
  explicit WholeMesh(BuiltInMeshOptions options)
      : options_(std::move(options)),
        simulation_(options_.now - std::chrono::duration_cast<base::Seconds>(history), options_.seed),
        store_([this] { return base::formatTime(simulation_.now()); }),
        programs_(simulation_, store_, trafficOf(options_.shape)),
        controllers_(simulation_, store_, programs_),
        kubelet_(simulation_, store_, programs_),
        operator_(simulation_, store_),
        effects_(simulation_, store_, kubelet_, programs_.knobs(), options_.shape) {
    store_.listen([this](const Change& change) { watchRestarts(change); });
  }

  base::Status begin() {
    {
      const std::lock_guard lock(simulation_.mutex());
      TRY(populate());
      if (simulation_.elapsed() < history) simulation_.advance(history - simulation_.elapsed());
      TRY(settle());
      restarted_.clear();
      programs_.traffic().begin();
    }
    TRY_ASSIGN(server_, ApiServer::start(simulation_, store_, kubelet_, options_.port));
    server_->admitPods([this](json::Value pod) { return programs_.admit(std::move(pod)); });
    server_->interfere(
        [this](std::string_view method, std::string_view path) { return asked(method, path); });
    server_->serveMetrics([this] { return metricsOf(programs_.traffic().report()); });
    if (options_.audit) server_->audit({options_.audit, [this] { return moment(); }});
    kubeconfig_ = server_->kubeconfig();
    if (!options_.wallTime) {
      TRY_ASSIGN(kubeconfig_, withToken(kubeconfig_, simulation_.now()));
    }
    const std::lock_guard lock(simulation_.mutex());
    effects_.begin(options_.faults);
    return {};
  }

  Simulation& simulation() override { return simulation_; }
  const std::string& kubeconfig() const override { return kubeconfig_; }

  TrafficReport traffic() override {
    const std::lock_guard lock(simulation_.mutex());
    programs_.traffic().look();
    return programs_.traffic().report();
  }
  Load load() override {
    const std::lock_guard lock(simulation_.mutex());
    return load_;
  }
  Restarted restarted() override {
    const std::lock_guard lock(simulation_.mutex());
    return restarted_;
  }
  void pass(base::Millis time) override {
    const std::lock_guard lock(simulation_.mutex());
    simulation_.advance(time);
  }

 private:
  /// Those that were started before the present settings first.
  base::Status populate() {
    const auto& shape = options_.shape;
    createNodes(store_, nodesFor(shape));
    TRY(createAdministrator(store_));
    TRY(createControlPlane(store_, shape, options_.now));
    TRY(settle());
    bool settings = false;
    for (const bool xdsAgent : {!shape.multiRoot, shape.multiRoot}) {
      if (settings != xdsAgent && hasAny(xdsAgent)) {
        TRY(setMultiRoot(store_, shape, xdsAgent));
        settings = xdsAgent;
        TRY(settle());
      }
      TRY(createWorkloads(store_, controllers_.pods, shape, xdsAgent));
      TRY(settle());
    }
    if (settings != shape.multiRoot) TRY(setMultiRoot(store_, shape, shape.multiRoot));
    TRY(createSurroundings(store_, shape));
    return settle();
  }

  [[nodiscard]] bool hasAny(bool xdsAgent) const {
    for (const auto& workload : options_.shape.workloads) {
      if (workload.xdsAgent == xdsAgent) return true;
    }
    return false;
  }

  base::Status settle() {
    const auto since = simulation_.elapsed();
    std::string missing;
    do {
      simulation_.advance(step);
      missing = notSettled(store_);
      if (missing.empty()) return {};
    } while (simulation_.elapsed() - since < longestStart);
    return base::fail({base::Kind::failed, "the built-in mesh does not come up", missing});
  }

  /// With microseconds; those of the wall clock where time is its.
  [[nodiscard]] std::string moment() const {
    if (options_.wallTime) return withMicros(std::chrono::system_clock::now());
    return withMicros(simulation_.now() + simulation_.elapsed() % base::Seconds(1));
  }

  void watchRestarts(const Change& change) {
    auto workload = restartOf(change);
    const bool istiod =
        change.key.ns == options_.shape.istioNamespace && change.key.name.starts_with("istiod");
    if (!workload.empty() && !istiod) restarted_.insert(std::move(workload));
  }

  /// What a request takes of the mesh's time, as one of many at once on a real one: things happen meanwhile.
  int asked(std::string_view method, std::string_view path) {
    ++load_.requests;
    const auto kind = kindOf(method, path);
    ++load_.kinds[kind];
    if (!options_.wallTime) simulation_.advance(kind == "reads" ? perRead : perStream_);
    return effects_.onRequest(method);
  }

  BuiltInMeshOptions options_;
  Simulation simulation_;
  Store store_;
  IstioPrograms programs_;
  Controllers controllers_;
  Kubelet kubelet_;
  SailOperator operator_;
  FaultEffects effects_;
  Load load_;
  Restarted restarted_;
  std::string kubeconfig_;
  base::Millis perStream_ = proxiesOf(options_.shape) > many ? perStreamOfMany : perStream;
  std::unique_ptr<ApiServer> server_;
};

}  // namespace

base::Result<std::unique_ptr<BuiltInMesh>> BuiltInMesh::start(BuiltInMeshOptions options) {
  auto mesh = std::make_unique<WholeMesh>(std::move(options));
  TRY(mesh->begin());
  return mesh;
}

}  // namespace rehearsal
