#include "mesh/proxy_filter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace mesh {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kinds{{
    {"pod", "Pod"},
    {"pods", "Pod"},
    {"po", "Pod"},
    {"deployment", "Deployment"},
    {"deployments", "Deployment"},
    {"deploy", "Deployment"},
    {"deployment.apps", "Deployment"},
    {"statefulset", "StatefulSet"},
    {"statefulsets", "StatefulSet"},
    {"sts", "StatefulSet"},
    {"statefulset.apps", "StatefulSet"},
    {"daemonset", "DaemonSet"},
    {"daemonsets", "DaemonSet"},
    {"ds", "DaemonSet"},
    {"daemonset.apps", "DaemonSet"},
    {"job", "Job"},
    {"jobs", "Job"},
    {"replicaset", "ReplicaSet"},
    {"replicasets", "ReplicaSet"},
    {"rs", "ReplicaSet"},
}};

std::string_view kindNamed(std::string_view word) {
  for (const auto& [name, kind] : kinds) {
    if (name == word) return kind;
  }
  return {};
}

bool matches(const Target& target, const trust::Proxy& proxy) {
  if (target.kind == "Pod") return target.name == proxy.pod;
  return target.kind == proxy.workload.kind && target.name == proxy.workload.name;
}

base::Error unknownKind(std::string_view kind, std::string_view word) {
  std::vector<std::string> names;
  for (const auto& [name, full] : kinds) names.emplace_back(name);
  const auto close = base::didYouMean(kind, names);
  return {base::Kind::usage, "cannot look for " + std::string(word),
          "no proxies belong to a \"" + std::string(kind) + "\"",
          close ? "did you mean " + *close + "?"
                : "name a pod, deployment, statefulset, daemonset, replicaset or job"};
}

base::Error notFound(const Target& target, const ProxyFilter& filter,
                     const std::vector<trust::Proxy>& proxies) {
  std::vector<std::string> names;
  for (const auto& proxy : proxies) {
    if (target.kind == "Pod" || proxy.workload.kind == target.kind) {
      names.push_back(target.kind == "Pod" ? proxy.pod : proxy.workload.name);
    }
  }
  const auto close = base::didYouMean(target.name, names);
  return {base::Kind::notFound, "no proxy found for " + target.word,
          filter.ns.empty() ? "in no namespace" : "in namespace " + filter.ns,
          close ? "did you mean " + *close + "?" : ""};
}

}  // namespace

base::Result<Target> parseTarget(std::string_view word) {
  const auto slash = word.find('/');
  if (slash == std::string_view::npos && !word.empty())
    return Target{"Pod", std::string(word), std::string(word)};
  const auto kind = word.substr(0, slash);
  const auto known = kindNamed(kind);
  if (word.empty() || known.empty()) return base::fail(unknownKind(kind, word));
  const auto name = word.substr(slash + 1);
  if (name.empty() || name.find('/') != std::string_view::npos) {
    return base::fail({base::Kind::usage, "cannot look for " + std::string(word), "it is not TYPE/NAME"});
  }
  return Target{std::string(known), std::string(name), std::string(word)};
}

base::Status applyFilter(std::vector<trust::Proxy>& proxies, const ProxyFilter& filter) {
  if (!filter.ns.empty()) {
    std::erase_if(proxies, [&](const trust::Proxy& proxy) { return proxy.ns != filter.ns; });
  }
  if (filter.targets.empty()) return {};
  std::vector<trust::Proxy> kept;
  std::vector<bool> found(filter.targets.size(), false);
  for (const auto& proxy : proxies) {
    bool wanted = false;
    for (std::size_t i = 0; i < filter.targets.size(); ++i) {
      if (!matches(filter.targets[i], proxy)) continue;
      wanted = found[i] = true;
    }
    if (wanted) kept.push_back(proxy);
  }
  const auto missing = std::find(found.begin(), found.end(), false);
  if (missing != found.end()) {
    return base::fail(notFound(filter.targets[std::size_t(missing - found.begin())], filter, proxies));
  }
  proxies = std::move(kept);
  return {};
}

}  // namespace mesh
