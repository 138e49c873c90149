#include "cli/rehearsal_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "cli/observation_source.h"
#include "mesh/surroundings.h"
#include "trust/ca_secret.h"

namespace cli {

namespace {

using rehearsal::Shape;
using rehearsal::WorkloadShape;

constexpr std::array<const char*, 9> sizeOptions{"namespaces",      "workloads",  "replicas",
                                                 "istiod-replicas", "sail",       "plain",
                                                 "plugged-in",      "multi-root", "seed"};

base::Result<int> numberWithin(const Options& options, std::string_view name, int least, int most) {
  const int number = options.number(name);
  if (number >= least && number <= most) return number;
  return base::fail(usageError(fmt::format("--{}: {} is not within {} and {}", name, number, least, most)));
}

base::Result<Shape> shapeBySize(const Options& options) {
  if (options.on("sail") && options.on("plain"))
    return base::fail(usageError("--sail and --plain exclude each other"));
  rehearsal::ShapeSize size;
  TRY_ASSIGN(size.namespaces, numberWithin(options, "namespaces", 1, 500));
  TRY_ASSIGN(size.workloads, numberWithin(options, "workloads", 2, 5000));
  TRY_ASSIGN(size.replicas, numberWithin(options, "replicas", 1, 500));
  TRY_ASSIGN(size.istiodReplicas, numberWithin(options, "istiod-replicas", 1, 20));
  size.seed = std::uint64_t(options.number("seed"));
  auto shape = rehearsal::makeShape(size);
  shape.sail = !options.on("plain");
  shape.pluggedIn = options.on("plugged-in");
  shape.multiRoot = options.on("multi-root");
  for (auto& workload : shape.workloads) workload.xdsAgent = shape.multiRoot;
  return shape;
}

/// A key that the manifest's annotations may have: "Argo CD (argocd.argoproj.io/tracking-id)".
std::string markOf(const std::string& owner) {
  const auto open = owner.find('('), close = owner.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return owner.substr(open + 1, close - open - 1);
}

std::vector<std::string> marksOf(const std::vector<std::string>& owners) {
  std::vector<std::string> marks;
  for (const auto& owner : owners) {
    if (auto mark = markOf(owner); !mark.empty()) marks.push_back(std::move(mark));
  }
  return marks;
}

std::string versionOf(const std::string& tag) {
  return tag.empty() ? "1.27.1" : tag;
}

/// Collects workloads out of their proxies.
class Collector {
 public:
  explicit Collector(const trust::Observation& mesh) : mesh_(mesh) {
    for (const auto& config : mesh.installation.meshConfigs) multiRoot_ = multiRoot_ || config.xdsAgent;
  }

  std::vector<WorkloadShape> take() {
    for (const auto& proxy : mesh_.proxies) {
      if (!proxy.terminating) add(proxy);
    }
    for (const auto& each : mesh_.opaque) {
      if (each.kind == "Pod") add(each);
    }
    strategies();
    std::vector<WorkloadShape> workloads;
    for (auto& [name, workload] : found_) workloads.push_back(std::move(workload));
    return workloads;
  }
  [[nodiscard]] bool multiRoot() const { return multiRoot_; }

 private:
  WorkloadShape& at(const trust::Workload& workload) {
    auto [entry, isNew] = found_.try_emplace(workload);
    if (isNew) {
      auto& shape = entry->second;
      shape.ns = workload.ns;
      shape.name = workload.name;
      shape.kind = workload.kind == "ReplicaSet" ? "Pod" : workload.kind;
      shape.replicas = 0;
    }
    ++entry->second.replicas;
    return entry->second;
  }

  void add(const trust::Proxy& proxy) {
    const bool first = !found_.contains(proxy.workload);
    auto& shape = at(proxy.workload);
    shape.xdsAgent = (first || shape.xdsAgent) && proxy.xdsAgent;
    shape.version = versionOf(proxy.version);
    if (proxy.type != trust::ProxyType::sidecar) shape.role = rehearsal::ProxyRole::gateway;
    if (proxy.xdsAgentWanted != multiRoot_) {
      shape.proxyConfig = fmt::format("proxyMetadata:\n  PROXY_CONFIG_XDS_AGENT: \"{}\"\n",
                                      proxy.xdsAgentWanted ? "true" : "false");
    }
  }

  void add(const trust::Opaque& pod) {
    auto& shape = at(pod.workload);
    shape.opaque = pod.reason.find("SPIRE") != std::string::npos   ? rehearsal::OpaqueKind::spire
                   : pod.reason.find("files") != std::string::npos ? rehearsal::OpaqueKind::files
                                                                   : rehearsal::OpaqueKind::proxylessGrpc;
  }

  void strategies() {
    if (!mesh_.surroundings || !mesh_.surroundings->rollouts) return;
    for (const auto& rollout : *mesh_.surroundings->rollouts) {
      const auto found = found_.find(rollout.workload);
      if (found == found_.end()) continue;
      if (rollout.strategy != "RollingUpdate") found->second.strategy = rollout.strategy;
      found->second.paused = rollout.paused;
    }
  }

  const trust::Observation& mesh_;
  bool multiRoot_ = false;
  std::map<trust::Workload, WorkloadShape> found_;
};

void addIstiods(const trust::Observation& mesh, Shape& shape) {
  for (const auto& deployment : mesh.istiodDeployments) {
    rehearsal::IstiodShape istiod;
    istiod.name = deployment.name;
    istiod.revision = deployment.revision.empty() ? "default" : deployment.revision;
    istiod.replicas = int(deployment.replicas);
    istiod.version = versionOf(mesh.installation.istioVersion);
    istiod.owners = marksOf(deployment.owners);
    if (shape.istiods.empty()) {
      for (auto& mark : marksOf(mesh.installation.istioOwners)) istiod.owners.push_back(std::move(mark));
    }
    shape.istiods.push_back(std::move(istiod));
  }
}

void addSurroundings(const trust::Observation& mesh, Shape& shape) {
  for (const auto& each : mesh.opaque) {
    if (each.kind == "WorkloadEntry") shape.machines.push_back({each.ns, each.name});
  }
  if (!mesh.surroundings) return;
  if (mesh.surroundings->autoscalers) {
    for (const auto& each : *mesh.surroundings->autoscalers)
      shape.autoscalers.push_back({each.ns, each.name, each.target.name, int(each.least), int(each.most)});
  }
  if (mesh.surroundings->budgets) {
    for (const auto& each : *mesh.surroundings->budgets) shape.budgets.push_back({each.ns, each.name, ""});
  }
}

void addNotes(const trust::Observation& mesh, RehearsedShape& rehearsed) {
  auto& notes = rehearsed.notes;
  std::size_t unread = 0;
  for (const auto& proxy : mesh.proxies) unread += proxy.secrets ? 0 : 1;
  if (unread > 0)
    notes.push_back(fmt::format("{} of yours could not be read; here they can",
                                base::plural(unread, "proxy", "proxies")));
  if (mesh.cacerts && *mesh.cacerts && mesh.selfSigned && *mesh.selfSigned)
    notes.emplace_back(
        "yours has a secret cacerts beside a CA of its own; here the rotation begins before it");
  if (!mesh.surroundings)
    notes.emplace_back("how your workloads are replaced is not in the observation: RollingUpdate is taken");
}

}  // namespace

std::vector<Option> shapeOptions() {
  std::vector<Option> options{
      {.name = "namespaces",
       .takes = Takes::number,
       .value = "N",
       .help = "meshed namespaces",
       .fallback = "2"},
      {.name = "workloads",
       .takes = Takes::number,
       .value = "N",
       .help = "workloads in all",
       .fallback = "4"},
      {.name = "replicas", .takes = Takes::number, .value = "N", .help = "pods of each", .fallback = "2"},
      {.name = "istiod-replicas", .takes = Takes::number, .value = "N", .help = "istiods", .fallback = "2"},
      {.name = "seed",
       .takes = Takes::number,
       .value = "N",
       .help = "of everything that is left to chance: the same number, the same story",
       .fallback = "1"},
      {.name = "sail", .help = "a mesh with an Istio resource of the Sail operator (the default)"},
      {.name = "plain", .help = "a mesh installed by Helm or istioctl"},
      {.name = "plugged-in", .help = "it has a CA in secret cacerts already, instead of one of its own"},
      {.name = "multi-root", .help = "its multi-root settings are on already, in every proxy"},
      {.name = "like-cluster",
       .help =
           "the shape of your own mesh, which is read and not changed: its workloads, versions, hazards"}};
  auto observation = observationOptions();
  observation.front().help = "the same from a saved observation; - reads standard input";
  for (auto& option : observation) options.push_back(std::move(option));
  return options;
}

base::Result<RehearsedShape> shapeOf(const trust::Observation& mesh) {
  if (!mesh.unsupported.empty()) {
    const auto& first = mesh.unsupported.front();
    return base::fail({base::Kind::unsupported, "a rotation of this mesh is refused, and so is its rehearsal",
                       first.message, first.hint});
  }
  if (mesh.istiodDeployments.empty())
    return base::fail(usageError("there is no istiod in this observation, so nothing to rehearse on"));
  RehearsedShape rehearsed;
  auto& shape = rehearsed.shape;
  shape.istioNamespace = mesh.installation.ns;
  shape.trustDomain = mesh.installation.trustDomain;
  shape.sail = mesh.installation.kind == trust::InstallationKind::sail;
  shape.pluggedIn = mesh.cacerts && *mesh.cacerts && !(mesh.selfSigned && *mesh.selfSigned);
  Collector collector(mesh);
  shape.workloads = collector.take();
  shape.multiRoot = collector.multiRoot() &&
                    std::all_of(mesh.istiodDeployments.begin(), mesh.istiodDeployments.end(),
                                [](const trust::IstiodDeployment& each) { return each.multiRoot; });
  std::set<std::string> meshed;
  for (const auto& each : mesh.distribution) {
    if (each.kind == trust::Distribution::Kind::configMap && each.name != shape.istioNamespace)
      meshed.insert(each.name);
  }
  shape.namespaces.assign(meshed.begin(), meshed.end());
  addIstiods(mesh, shape);
  addSurroundings(mesh, shape);
  if (shape.workloads.empty())
    return base::fail(usageError("there is no proxy in this mesh to rehearse with"));
  addNotes(mesh, rehearsed);
  return rehearsed;
}

base::Result<RehearsedShape> shapeFrom(Context& context, const Options& options) {
  const bool like = options.on("like-cluster"), file = options.has("observation");
  if (like && file) return base::fail(usageError("--like-cluster and --observation exclude each other"));
  if (!like && !file) {
    if (options.has("save-observation"))
      return base::fail(usageError("--save-observation needs --like-cluster"));
    TRY_ASSIGN(auto shape, shapeBySize(options));
    return RehearsedShape{std::move(shape)};
  }
  for (const auto* name : sizeOptions) {
    if (options.has(name) && std::string_view(name) != "seed")
      return base::fail(usageError(
          fmt::format("--{} and --{} exclude each other", name, like ? "like-cluster" : "observation"),
          "the shape is that of the mesh"));
  }
  TRY_ASSIGN(const auto mesh, observationFrom(context, options, mesh::readSurroundings));
  return shapeOf(mesh);
}

}  // namespace cli
