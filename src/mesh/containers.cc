#include "mesh/containers.h"

#include <algorithm>
#include <array>

namespace mesh {

namespace {

const json::Value null;
constexpr std::array containerLists{"containers", "initContainers"};

}  // namespace

bool goTrue(std::string_view text) {
  constexpr std::array<std::string_view, 6> yes{"1", "t", "T", "TRUE", "true", "True"};
  return std::find(yes.begin(), yes.end(), text) != yes.end();
}

const json::Value& containerNamed(const json::Value& podSpec, std::string_view name) {
  for (const auto* list : containerLists) {
    for (const auto& container : podSpec[list].items()) {
      if (container["name"].text() == name) return container;
    }
  }
  return null;
}

const json::Value& proxyContainer(const json::Value& podSpec) {
  if (const auto& named = containerNamed(podSpec, "istio-proxy"); !named.isNull()) {
    return proxyRole(named) == "ztunnel" ? null : named;
  }
  for (const auto* list : containerLists) {
    for (const auto& container : podSpec[list].items()) {
      const auto role = proxyRole(container);
      if (role == "sidecar" || role == "router" || role == "waypoint") return container;
    }
  }
  return null;
}

std::string_view proxyRole(const json::Value& container) {
  // The command may stand in `args` alone or in `command` too; what counts is the pair of words.
  std::string_view before;
  for (const auto* words : {"command", "args"}) {
    for (const auto& word : container[words].items()) {
      if (before == "proxy") return word.text();
      before = word.text();
    }
  }
  return {};
}

std::map<std::string, std::string> envOf(const json::Value& container) {
  std::map<std::string, std::string> env;
  for (const auto& entry : container["env"].items()) {
    if (entry.has("valueFrom")) {
      env.erase(std::string(entry["name"].text()));
    } else {
      env[std::string(entry["name"].text())] = entry["value"].text();
    }
  }
  return env;
}

std::string_view envValue(const json::Value& container, std::string_view name) {
  const auto& env = container["env"].items();
  const auto last = std::find_if(env.rbegin(), env.rend(),
                                 [&](const json::Value& entry) { return entry["name"].text() == name; });
  return last == env.rend() ? std::string_view() : (*last)["value"].text();
}

std::string_view imageTag(const json::Value& container) {
  auto image = container["image"].text();
  image = image.substr(0, image.find('@'));
  const auto colon = image.rfind(':');
  if (colon == std::string_view::npos || image.find('/', colon) != std::string_view::npos) return {};
  return image.substr(colon + 1);
}

const json::Value& containerStatus(const json::Value& pod, std::string_view name) {
  for (const auto* list : {"containerStatuses", "initContainerStatuses"}) {
    for (const auto& status : pod["status"][list].items()) {
      if (status["name"].text() == name) return status;
    }
  }
  return null;
}

bool hasCondition(const json::Value& status, std::string_view type) {
  for (const auto& condition : status["conditions"].items()) {
    if (condition["type"].text() == type) return condition["status"].text() == "True";
  }
  return false;
}

bool ended(const json::Value& pod) {
  const auto phase = pod["status"]["phase"].text();
  return phase == "Succeeded" || phase == "Failed";
}

}  // namespace mesh
