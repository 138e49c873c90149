#include "rehearsal/shape.h"

#include <algorithm>
#include <array>
#include <random>

namespace rehearsal {

namespace {

constexpr std::array<const char*, 12> namespaceNames{"shop",   "stock",    "billing", "search",
                                                     "media",  "identity", "mail",    "orders",
                                                     "ledger", "fleet",    "support", "partners"};
constexpr std::array<const char*, 14> workloadNames{"cart",    "catalog",  "checkout", "prices", "reviews",
                                                    "ratings", "profiles", "sessions", "events", "images",
                                                    "invoice", "shipping", "offers",   "audit"};

std::string namespaceAt(std::size_t index) {
  if (index < namespaceNames.size()) return namespaceNames[index];
  return "team-" + std::to_string(index + 1);
}

/// The n-th workload of a namespace: each name once before a number is added.
std::string workloadAt(std::size_t index) {
  const std::string name = workloadNames[index % workloadNames.size()];
  const auto round = index / workloadNames.size();
  return round == 0 ? name : name + "-" + std::to_string(round + 1);
}

/// One in eight is a StatefulSet, one in sixteen a DaemonSet.
std::string kindByChance(std::mt19937_64& random) {
  const auto chance = random() % 16;
  return chance == 0 ? "DaemonSet" : chance <= 2 ? "StatefulSet" : "Deployment";
}

}  // namespace

Shape makeShape(const ShapeSize& size) {
  Shape shape;
  std::mt19937_64 random(size.seed);
  for (int i = 0; i < size.namespaces; ++i) shape.namespaces.push_back(namespaceAt(std::size_t(i)));
  const auto& second = shape.namespaces[shape.namespaces.size() > 1 ? 1 : 0];
  std::vector<WorkloadShape> first{
      {.kind = "Deployment", .ns = shape.namespaces[0], .name = "client"},
      {.kind = "Deployment", .ns = shape.namespaces[0], .name = "server"},
      {.kind = "StatefulSet", .ns = second, .name = second == shape.namespaces[0] ? "store" : "server"},
      {.kind = "Deployment", .ns = shape.namespaces[0], .name = "gateway", .role = ProxyRole::gateway}};
  first.resize(std::min(first.size(), std::size_t(size.workloads)));
  shape.workloads = std::move(first);
  std::vector<std::size_t> counts(shape.namespaces.size(), 0);
  for (auto i = shape.workloads.size(); i < std::size_t(size.workloads); ++i) {
    const auto ns = i % shape.namespaces.size();
    shape.workloads.push_back(
        {.kind = kindByChance(random), .ns = shape.namespaces[ns], .name = workloadAt(counts[ns]++)});
  }
  for (auto& workload : shape.workloads) workload.replicas = size.replicas;
  shape.istiods.push_back({.replicas = size.istiodReplicas});
  return shape;
}

int proxiesOf(const Shape& shape) {
  int count = 0;
  for (const auto& workload : shape.workloads)
    count += workload.opaque == OpaqueKind::none ? workload.replicas : 0;
  return count;
}

}  // namespace rehearsal
