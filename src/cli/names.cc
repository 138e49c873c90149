#include "cli/names.h"

#include <algorithm>

#include "base/interrupt_after.h"
#include "cli/global_options.h"
#include "kube/kubeconfig.h"
#include "kube/object_names.h"
#include "kube/uri.h"
#include "mesh/changes.h"
#include "mesh/opaque.h"
#include "mesh/pods.h"
#include "mesh/proxy_filter.h"
#include "trust/subjects.h"

namespace cli {
namespace {

using Names = std::vector<std::string>;

constexpr base::Millis longest{900};  // whoever presses Tab waits for it

Names namesOf(const std::vector<kube::KubeconfigEntry>& entries) {
  Names names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

Names fromKubeconfig(Takes takes, const Context& context) {
  const auto config =
      kube::loadKubeconfig(accessFlags(context.options()).kubeconfig, kube::systemEnvironment());
  if (!config) return {};
  return namesOf(takes == Takes::context   ? config->contexts
                 : takes == Takes::cluster ? config->clusters
                                           : config->users);
}

/// One page: a longer list is of little use to whoever chooses from it, and takes too long.
json::Array pageOf(kube::Api& api, const std::string& path) {
  const auto page = api.get(path + "?limit=500");
  return page ? (*page)["items"].items() : json::Array{};
}

Names fromCluster(Takes takes, std::string_view typed, Context& context, std::string_view ns) {
  if (takes == Takes::nameSpace || takes == Takes::backup) {
    const auto access = context.access();
    if (!access) return {};
    const auto backups = "labelSelector=" + kube::percentEncode(mesh::backupLabel) + "%3Dtrue";
    const auto names =
        takes == Takes::nameSpace
            ? kube::objectNames(**access, context.clock(), kube::namespaces, "")
            : kube::objectNames(**access, context.clock(), kube::secrets, context.istioNamespace(), backups);
    return names.value_or(Names{});
  }
  const auto api = context.api();
  if (!api) return {};
  const auto pods = pageOf(**api, kube::pods.path(ns));
  if (takes == Takes::workload) return workloadNames(pods, typed);
  return waiverNames(pods, pageOf(**api, "/apis/networking.istio.io/v1beta1/workloadentries"));
}

std::string lowerCase(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

void addOnce(Names& names, std::string name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
}

}  // namespace

std::vector<std::string> namesFor(Takes takes, std::string_view typed, Context& context,
                                  std::string_view ns) {
  if (takes == Takes::context || takes == Takes::cluster || takes == Takes::user)
    return fromKubeconfig(takes, context);
  const base::InterruptAfter limit(longest);
  return fromCluster(takes, typed, context, ns);
}

std::vector<std::string> workloadNames(const json::Array& pods, std::string_view typed) {
  const auto slash = typed.find('/');
  const bool typeGiven = slash != std::string_view::npos;
  const auto type = mesh::parseTarget(std::string(typed.substr(0, slash)) + "/any");
  Names workloads, podNames, bare;
  for (const auto& pod : pods) {
    const auto proxy = mesh::proxyOf(pod, true);
    if (!proxy) continue;
    if (typeGiven) {
      const std::string prefix(typed.substr(0, slash + 1));
      if (type && type->kind == proxy->workload.kind) addOnce(workloads, prefix + proxy->workload.name);
      if (type && type->kind == "Pod") addOnce(podNames, prefix + proxy->pod);
      continue;
    }
    if (proxy->workload.kind != "Pod")
      addOnce(workloads, lowerCase(proxy->workload.kind) + "/" + proxy->workload.name);
    addOnce(podNames, "pod/" + proxy->pod);
    if (!typed.empty()) addOnce(bare, proxy->pod);
  }
  workloads.insert(workloads.end(), podNames.begin(), podNames.end());
  workloads.insert(workloads.end(), bare.begin(), bare.end());
  return workloads;
}

std::vector<std::string> waiverNames(json::Array pods, const json::Array& workloadEntries) {
  Names names;
  const auto add = [&](const auto& subject) {
    for (auto& name : trust::waiversFor(subject)) addOnce(names, std::move(name));
  };
  const auto opaque = mesh::takeOpaque(pods);
  for (const auto& pod : pods) {
    if (const auto proxy = mesh::proxyOf(pod, true)) add(*proxy);
    if (const auto istiod = mesh::istiodOf(pod)) add(*istiod);
  }
  for (const auto& each : opaque) add(each);
  for (const auto& machine : mesh::opaqueMachines(workloadEntries)) add(machine);
  return names;
}

}  // namespace cli
