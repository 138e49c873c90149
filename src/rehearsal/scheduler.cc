#include "rehearsal/scheduler.h"

#include <fmt/format.h>

#include <vector>

#include "rehearsal/objects.h"

namespace rehearsal {
namespace {

using json::Value;

Value nodeNamed(const std::string& name, int number) {
  const Value size = Value::object({{"cpu", "16"}, {"memory", "64Gi"}, {"pods", "250"}});
  return Value::object(
      {{"apiVersion", "v1"},
       {"kind", "Node"},
       {"metadata", Value::object({{"name", name},
                                   {"labels", Value::object({{"kubernetes.io/hostname", name},
                                                             {"kubernetes.io/os", "linux"},
                                                             {"kubernetes.io/arch", "amd64"}})}})},
       {"spec", Value::object({{"podCIDR", fmt::format("10.244.{}.0/24", number)}})},
       {"status",
        Value::object(
            {{"addresses", Value::array({Value::object({{"type", "InternalIP"},
                                                        {"address", fmt::format("192.168.0.{}", number)}}),
                                         Value::object({{"type", "Hostname"}, {"address", name}})})},
             {"conditions", Value::array({Value::object({{"type", "Ready"},
                                                         {"status", "True"},
                                                         {"reason", "KubeletReady"},
                                                         {"message", "kubelet is posting ready status"}})})},
             {"capacity", size},
             {"allocatable", size},
             {"nodeInfo", Value::object({{"kubeletVersion", "v1.34.0"},
                                         {"operatingSystem", "linux"},
                                         {"architecture", "amd64"}})}})}});
}

}  // namespace

void createNodes(Store& store, int count) {
  for (int number = 1; number <= count; ++number) {
    const auto name = fmt::format("node-{}", number);
    static_cast<void>(
        store.create({"", "nodes", "", name}, nodeNamed(name, number), "kubelet"));  // there already: fine
  }
}

Scheduler::Scheduler(Simulation& simulation, Store& store) : simulation_(simulation), store_(store) {
  store.listen([this](const Change& change) {
    const bool newNode = change.kind == Change::Kind::added && change.key.plural == "nodes";
    if (newNode) {
      for (const auto* pod : store_.list("", "pods", "")) {
        if ((*pod)["spec"]["nodeName"].text().empty())
          simulation_.after(base::Millis(20), [this, key = keyOf("", "pods", *pod)] { bind(key); });
      }
    }
    if (change.kind != Change::Kind::added || change.key.plural != "pods" || !change.key.group.empty())
      return;
    if (!(*change.object)["spec"]["nodeName"].text().empty()) return;
    simulation_.after(base::Millis(20), [this, key = change.key] { bind(key); });
  });
}

std::string Scheduler::pick() {
  std::vector<std::string_view> names;
  for (const auto* node : store_.list("", "nodes", "")) {
    if (!(*node)["spec"]["unschedulable"].boolean().value_or(false))
      names.push_back((*node)["metadata"]["name"].text());
  }
  if (names.empty()) return {};
  return std::string(names[turn_++ % names.size()]);
}

void Scheduler::bind(const Key& key) {
  const auto* pod = store_.find(key);
  if (pod == nullptr || !(*pod)["spec"]["nodeName"].text().empty()) return;
  const auto node = pick();
  if (node.empty()) return;
  auto bound = *pod;
  bound.at("spec").set("nodeName", node);
  static_cast<void>(store_.update(key, std::move(bound), "kube-scheduler"));
}

}  // namespace rehearsal
