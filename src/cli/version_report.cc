#include "cli/version_report.h"

#include <fmt/format.h>

#include "mesh/pods.h"
#include "net/version.h"
#include "pki/version.h"
#include "ui/output.h"
#include "ui/text.h"

namespace cli {

namespace {

#if defined(__clang__)
constexpr const char* compiler = "clang " __clang_version__;
#else
constexpr const char* compiler = "g++ " __VERSION__;
#endif

std::string orUnknown(const std::string& version) {
  return version.empty() ? "unknown" : ui::oneLine(version);
}

}  // namespace

base::Result<ClusterVersions> readVersions(kube::Api& api, const std::string& istioNamespace) {
  ClusterVersions versions;
  versions.server = api.server();
  TRY_ASSIGN(const auto server, api.get("/version"));
  versions.kubernetes = server["gitVersion"].text();
  auto pods = api.list(kube::pods, "");
  if (!pods && pods.error().kind == base::Kind::forbidden) pods = api.list(kube::pods, istioNamespace);
  if (!pods) return base::fail(pods.error());
  for (const auto& pod : *pods) {
    if (const auto istiod = mesh::istiodOf(pod)) {
      versions.istiods.push_back({istiod->ns, istiod->pod, istiod->revision, istiod->version});
    } else if (const auto proxy = mesh::proxyOf(pod, false)) {
      ++versions.proxies[proxy->version];
    }
  }
  return versions;
}

json::Value versionJson(const std::optional<ClusterVersions>& cluster) {
  auto version = ui::document("Version");
  version.set("version", ICA_VERSION);
  version.set("compiler", compiler);
  version.set("builtWith",
              json::Value::object({{"openssl", ICA_OPENSSL_VERSION}, {"libcurl", ICA_CURL_VERSION}}));
  version.set("runsWith",
              json::Value::object({{"openssl", pki::libraryVersion()}, {"libcurl", net::libraryVersion()}}));
  if (!cluster) return version;
  auto istiods = json::Value::array();
  for (const auto& istiod : cluster->istiods) {
    istiods.push(json::Value::object({{"namespace", istiod.ns},
                                      {"pod", istiod.pod},
                                      {"revision", istiod.revision},
                                      {"version", istiod.version}}));
  }
  auto proxies = json::Value::array();
  for (const auto& [proxy, count] : cluster->proxies) {
    proxies.push(json::Value::object({{"version", proxy}, {"proxies", static_cast<std::int64_t>(count)}}));
  }
  version.set("cluster", json::Value::object({{"server", cluster->server},
                                              {"kubernetes", cluster->kubernetes},
                                              {"istiods", std::move(istiods)},
                                              {"proxies", std::move(proxies)}}));
  return version;
}

std::string versionText(const std::optional<ClusterVersions>& cluster) {
  auto text = fmt::format("kubectl-istio-ca {}\nbuilt with OpenSSL {}, libcurl {}, {}\nruns with {}, {}\n",
                          ICA_VERSION, ICA_OPENSSL_VERSION, ICA_CURL_VERSION, compiler, pki::libraryVersion(),
                          net::libraryVersion());
  if (!cluster) return text;
  text += fmt::format("cluster {}: Kubernetes {}\n", cluster->server, orUnknown(cluster->kubernetes));
  for (const auto& istiod : cluster->istiods) {
    text += fmt::format("istiod {}/{}: {}{}\n", istiod.ns, istiod.pod, orUnknown(istiod.version),
                        istiod.revision.empty() ? "" : ", revision " + ui::oneLine(istiod.revision));
  }
  for (const auto& [proxy, count] : cluster->proxies)
    text += fmt::format("proxies: {} {}\n", count, orUnknown(proxy));
  return text;
}

}  // namespace cli
