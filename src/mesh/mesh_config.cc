#include "mesh/mesh_config.h"

#include "json/yaml.h"
#include "mesh/ca_secrets.h"
#include "mesh/containers.h"

namespace mesh {

namespace {

constexpr std::string_view xdsAgentName = "PROXY_CONFIG_XDS_AGENT";

}  // namespace

base::Result<MeshSettings> parseMeshSettings(std::string_view meshYaml) {
  TRY_ASSIGN(const auto config, json::parseYaml(meshYaml));
  MeshSettings settings;
  if (const auto domain = config["trustDomain"].text(); !domain.empty()) settings.trustDomain = domain;
  settings.xdsAgent = goTrue(config["defaultConfig"]["proxyMetadata"][xdsAgentName].text());
  settings.caCertificates = !config["caCertificates"].items().empty();
  return settings;
}

std::string meshConfigName(std::string_view revision) {
  return revision.empty() || revision == "default" ? "istio" : "istio-" + std::string(revision);
}

base::Result<ReadMeshConfig> readMeshConfig(const json::Value& configMap) {
  const auto& metadata = configMap["metadata"];
  ReadMeshConfig read;
  read.config.ns = metadata["namespace"].text();
  read.config.name = metadata["name"].text();
  read.config.resourceVersion = metadata["resourceVersion"].text();
  const auto text = configMap["data"]["mesh"].string();
  const auto what = "config map " + read.config.ns + "/" + read.config.name;
  if (!text) return base::fail({base::Kind::notFound, what + " has no key mesh"});
  read.config.text = *text;
  auto settings = parseMeshSettings(read.config.text);
  if (!settings) return base::fail(settings.error().context(what));
  read.settings = *settings;
  read.config.xdsAgent = read.settings.xdsAgent;
  read.config.caCertificates = read.settings.caCertificates;
  read.config.owners = ownersOf(metadata);
  return read;
}

bool xdsAgentWanted(bool byMeshConfig, std::string_view annotation) {
  if (annotation.empty()) return byMeshConfig;
  const auto config = json::parseYaml(annotation);
  if (!config) return byMeshConfig;  // the injector refuses the pod: it would not be made anew at all
  const auto& own = (*config)["proxyMetadata"][xdsAgentName];
  return own.isString() ? goTrue(own.text()) : byMeshConfig;
}

}  // namespace mesh
