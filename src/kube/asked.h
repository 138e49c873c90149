#pragma once

#include <string>
#include <string_view>

namespace kube {

/// What a request asks of the API server, in the words of its RBAC: derived from the method and the path
/// alone.
struct Asked {
  std::string
      verb{};  // get, list, watch, create, update, patch, delete; the method in lower case for other paths
  std::string group{};     // "" for core
  std::string resource{};  // "secrets"; empty if the path is not that of a resource
  std::string ns{}, name{}, sub{};
  std::string path{};  // without query
};
Asked askedOf(std::string_view method, std::string_view path);

/// "get secret istio-system/cacerts", "list pods in shop", "create pods/portforward shop/server", "get
/// /version".
std::string describe(const Asked& asked);
/// "kubectl auth can-i get secrets -n istio-system"; empty unless it is a resource.
std::string canI(const Asked& asked);
/// "get secrets in namespace istio-system", "list pods in the whole cluster"; the path if it is not a
/// resource.
std::string permission(const Asked& asked);

}  // namespace kube
