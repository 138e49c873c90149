#include "rehearsal/mesh_settings.h"

#include <array>
#include <charconv>

#include "json/yaml.h"

namespace rehearsal {

namespace {

constexpr int newest = 31;

/// Each of thousands of agents asks for the same one.
const base::Result<json::Value>& parsed(std::string_view text) {
  thread_local std::string last;
  thread_local base::Result<json::Value> value = json::parseYaml(last);
  if (text != last) {
    last = text;
    value = json::parseYaml(last);
  }
  return value;
}

}  // namespace

MeshSettings meshSettings(const Store& store, const std::string& ns, const std::string& revision) {
  MeshSettings settings;
  const auto name = revision.empty() || revision == "default" ? "istio" : "istio-" + revision;
  const auto* configMap = store.find({"", "configmaps", ns, name});
  if (configMap == nullptr) return settings;
  const auto config = parsed((*configMap)["data"]["mesh"].text());
  if (!config) return settings;
  if (const auto domain = (*config)["trustDomain"].text(); !domain.empty()) settings.trustDomain = domain;
  settings.defaultConfig = (*config)["defaultConfig"];
  for (const auto& [key, value] : settings.defaultConfig["proxyMetadata"].members()) {
    if (!value.isString()) return {};  // Istio refuses the whole config then
  }
  for (const auto& entry : (*config)["caCertificates"].items()) {
    if (const auto pem = entry["pem"].text(); !pem.empty()) settings.caCertificates.emplace_back(pem);
  }
  return settings;
}

bool goTrue(std::string_view text) {
  return text == "1" || text == "t" || text == "T" || text == "true" || text == "TRUE" || text == "True";
}

std::string envOf(const json::Value& container, std::string_view name) {
  std::string value;
  for (const auto& entry : container["env"].items()) {
    if (entry["name"].text() == name) value = entry["value"].text();
  }
  return value;
}

const json::Value& containerOf(const json::Value& pod, std::string_view name) {
  static const json::Value none;
  for (const auto* list : {"containers", "initContainers"}) {
    for (const auto& container : pod["spec"][list].items()) {
      if (container["name"].text() == name) return container;
    }
  }
  return none;
}

int minorVersion(std::string_view image) {
  const auto colon = image.rfind(':');
  const auto tag = colon == std::string_view::npos ? std::string_view() : image.substr(colon + 1);
  int minor = 0;
  const auto from = tag.starts_with("v1.") ? 3 : 2;
  if (!tag.starts_with("1.") && !tag.starts_with("v1.")) return newest;
  const auto rest = tag.substr(std::size_t(from));
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), minor);
  return error == std::errc() ? minor : newest;
}

}  // namespace rehearsal
