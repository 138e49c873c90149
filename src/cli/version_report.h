#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "json/value.h"
#include "kube/api.h"

namespace cli {

/// What runs in the cluster.
struct ClusterVersions {
  struct Istiod {
    std::string ns, pod, revision, version;
  };
  std::string server, kubernetes;  // "v1.31.2"; empty: the API server did not say
  std::vector<Istiod> istiods;
  std::map<std::string, std::size_t> proxies;  // how many of each version; "" where the image's tag says none
};

/// From the API server's /version, and from the images of all pods (of istiod's namespace alone, and without
/// proxies, to whoever may not list all).
base::Result<ClusterVersions> readVersions(kube::Api& api, const std::string& istioNamespace);

json::Value versionJson(const std::optional<ClusterVersions>& cluster);
std::string versionText(const std::optional<ClusterVersions>& cluster);

}  // namespace cli
