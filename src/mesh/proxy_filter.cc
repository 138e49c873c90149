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

bool matches(const Target& target, const trust::Opaque& opaque) {
  if (target.kind == opaque.kind) return target.name == opaque.name;
  return target.kind == opaque.workload.kind && target.name == opaque.workload.name;
}

/// Keeps those that a target names, and notes which targets did.
template <class Entry>
void keepNamed(std::vector<Entry>& entries, const std::vector<Target>& targets, std::vector<bool>& found) {
  std::erase_if(entries, [&](const Entry& entry) {
    bool wanted = false;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (!matches(targets[i], entry)) continue;
      wanted = found[i] = true;
    }
    return !wanted;
  });
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

base::Status applyFilter(trust::Observation& observation, const ProxyFilter& filter) {
  if (!filter.ns.empty()) {
    const auto elsewhere = [&](const auto& entry) { return entry.ns != filter.ns; };
    std::erase_if(observation.proxies, elsewhere);
    std::erase_if(observation.opaque, elsewhere);
  }
  if (filter.targets.empty()) return {};
  auto proxies = observation.proxies;
  std::vector<bool> found(filter.targets.size(), false);
  keepNamed(proxies, filter.targets, found);
  keepNamed(observation.opaque, filter.targets, found);
  const auto missing = std::find(found.begin(), found.end(), false);
  if (missing != found.end()) {
    return base::fail(
        notFound(filter.targets[std::size_t(missing - found.begin())], filter, observation.proxies));
  }
  observation.proxies = std::move(proxies);
  return {};
}

}  // namespace mesh
