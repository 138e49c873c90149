#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rehearsal {

/// How a proxy came to be, and whether it can be read.
enum class ProxyRole { sidecar, gateway };
/// Pods that take part in the mesh and whose certificates nobody can read from outside.
enum class OpaqueKind { none, proxylessGrpc, spire, files };

/// A workload of the mesh: its pods are equal.
struct WorkloadShape {
  std::string kind = "Deployment";  // or StatefulSet, DaemonSet, Job, Pod
  std::string ns, name;
  int replicas = 1;
  ProxyRole role = ProxyRole::sidecar;
  OpaqueKind opaque = OpaqueKind::none;
  /// Its present pods were started with PROXY_CONFIG_XDS_AGENT.
  bool xdsAgent = false;
  std::string proxyConfig{};  // its annotation proxy.istio.io/config (YAML)
  std::string version{};      // of its proxies, "1.27.1"; empty: as istiod's
  std::string strategy{};     // "Recreate", "OnDelete"; empty: the kind's default
  bool paused = false;
};

/// One Deployment of istiod.
struct IstiodShape {
  std::string name = "istiod";
  std::string revision = "default";
  int replicas = 1;
  std::string version = "1.27.1";
  std::vector<std::string> owners{};  // "GitOps" annotations' keys: argocd.argoproj.io/tracking-id
};

/// A WorkloadEntry: a machine outside the cluster.
struct MachineShape {
  std::string ns, name;
};

/// Something that keeps pods: a HorizontalPodAutoscaler of an istiod, or a PodDisruptionBudget.
struct AutoscalerShape {
  std::string ns, name, target;  // a Deployment's name
  int least = 1, most = 1;
};
struct BudgetShape {
  std::string ns, name, workload;
};

/// What a mesh looks like, as plain data: everything that the built-in mesh is made from.
struct Shape {
  std::string istioNamespace = "istio-system";
  std::string trustDomain = "cluster.local";
  bool sail = true;        // managed by an Istio resource of the Sail operator
  bool pluggedIn = false;  // it signs with a CA in secret cacerts already, not with one of its own
  bool multiRoot = false;  // istiods and mesh config have the multi-root settings
  std::vector<std::string> namespaces{};  // meshed ones
  std::vector<WorkloadShape> workloads{};
  std::vector<IstiodShape> istiods{};
  std::vector<MachineShape> machines{};
  std::vector<AutoscalerShape> autoscalers{};
  std::vector<BudgetShape> budgets{};
};

/// How many of what, for a shape without a model.
struct ShapeSize {
  int namespaces = 2, workloads = 4, replicas = 2, istiodReplicas = 2;
  std::uint64_t seed = 1;  // decides which workload is of which kind
};

/// A shop: its first workloads are those of the real mesh of the tests (shop/client, shop/server,
/// stock/server as a StatefulSet, shop/gateway), the others follow by chance. Each namespace gets its share.
Shape makeShape(const ShapeSize& size);

/// Its proxies, those of opaque pods not counted.
int proxiesOf(const Shape& shape);

}  // namespace rehearsal
