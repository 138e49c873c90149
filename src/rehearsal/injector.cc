#include "rehearsal/injector.h"

#include <fmt/format.h>

#include <algorithm>

#include "json/yaml.h"
#include "rehearsal/injected_parts.h"
#include "rehearsal/objects.h"

namespace rehearsal {

namespace {

using json::Value;

constexpr std::string_view proxyName = "istio-proxy";

/// The mesh's default proxy config under the pod's own.
base::Result<Value> proxyConfigOf(const Value& pod, const InjectionTerms& terms) {
  auto config = Value::object();
  for (const auto& [key, value] : terms.settings.defaultConfig.members()) {
    if (key != "discoveryAddress") config.set(key, value);  // PROXY_CONFIG holds what is not the default
  }
  const auto text = pod["metadata"]["annotations"]["proxy.istio.io/config"].text();
  if (text.empty()) return config;
  const auto own = json::parseYaml(text);
  if (!own || !(own->isObject() || own->isNull())) {
    return base::fail({base::Kind::failed,
                       "admission webhook \"sidecar-injector.istio.io\" denied the request",
                       "could not decode annotation proxy.istio.io/config"});
  }
  for (const auto& [key, value] : own->members()) {
    if (key != "proxyMetadata") {
      config.set(key, value);
      continue;
    }
    for (const auto& [name, entry] : value.members()) config.at("proxyMetadata").set(name, entry);
  }
  return config;
}

bool isTemplate(const Value& pod, std::string_view name) {
  return pod["metadata"]["annotations"]["inject.istio.io/templates"].text() == name;
}

std::string firstContainer(const Value& pod) {
  for (const auto& container : pod["spec"]["containers"].items()) {
    if (container["name"].text() != proxyName) return std::string(container["name"].text());
  }
  return std::string(proxyName);
}

Value names(const json::Array& named) {
  auto list = Value::array();
  for (const auto& each : named) list.push(each["name"]);
  return list;
}

/// What was injected, as it stands in the annotation sidecar.istio.io/status.
std::string statusOf(const json::Array& initContainers, const json::Array& containers,
                     const json::Array& volumes, const std::string& revision) {
  const auto orNull = [](const json::Array& list) { return list.empty() ? Value() : names(list); };
  return json::dump(Value::object({{"initContainers", orNull(initContainers)},
                                   {"containers", orNull(containers)},
                                   {"volumes", names(volumes)},
                                   {"imagePullSecrets", nullptr},
                                   {"revision", revision}}));
}

void label(Value& pod, bool gateway) {
  auto& labels = pod.at("metadata").at("labels");
  std::string name(labels["service.istio.io/canonical-name"].text());
  if (name.empty()) name = labels["app"].text();
  if (name.empty()) name = pod["metadata"]["name"].text();
  setDefault(labels, "service.istio.io/canonical-name", name);
  setDefault(labels, "service.istio.io/canonical-revision", "latest");
  if (!gateway) setDefault(labels, "security.istio.io/tlsMode", "istio");
}

void annotate(Value& pod, const InjectionTerms& terms, const std::string& status, bool gateway) {
  const auto first = firstContainer(pod);
  auto& annotations = pod.at("metadata").at("annotations");
  setDefault(annotations, "istio.io/rev", terms.revision);
  if (!gateway) {
    setDefault(annotations, "kubectl.kubernetes.io/default-container", first);
    setDefault(annotations, "kubectl.kubernetes.io/default-logs-container", first);
  }
  setDefault(annotations, "prometheus.io/path", "/stats/prometheus");
  setDefault(annotations, "prometheus.io/port", "15020");
  setDefault(annotations, "prometheus.io/scrape", "true");
  annotations.set("sidecar.istio.io/status", status);
}

/// The container of this name takes the place of one that is there already (a gateway's: `image: auto`).
void put(Value& pod, const char* list, Value container, bool first) {
  auto& spec = pod.at("spec");
  auto containers = spec[list].items();
  const auto name = container["name"].text();
  const auto same = std::find_if(containers.begin(), containers.end(),
                                 [&](const Value& each) { return each["name"].text() == name; });
  if (same != containers.end()) {
    for (const auto& [key, value] : same->members()) {
      if (!container.has(key)) container.set(key, value);
    }
    *same = std::move(container);
  } else if (first) {
    containers.insert(containers.begin(), std::move(container));
  } else {
    containers.push_back(std::move(container));
  }
  spec.set(list, std::move(containers));
}

void mount(Value& pod, const json::Array& volumes) {
  auto all = pod["spec"]["volumes"].items();
  all.insert(all.begin(), volumes.begin(), volumes.end());
  pod.at("spec").set("volumes", std::move(all));
}

}  // namespace

base::Result<Value> injected(Value pod, const InjectionTerms& terms) {
  TRY_ASSIGN(const auto config, proxyConfigOf(pod, terms));
  const bool gateway = isTemplate(pod, "gateway");
  const bool native = terms.nativeSidecars && !gateway;
  auto image = std::string(pod["metadata"]["annotations"]["sidecar.istio.io/proxyImage"].text());
  if (image.empty()) image = terms.proxyImage;

  ProxyPlan plan{terms, config, image, gateway, isTemplate(pod, "grpc-agent")};
  auto proxy = proxyContainer(pod, plan);
  if (native) proxy.set("restartPolicy", "Always");
  json::Array initial, others;
  if (!gateway && !plan.withoutEnvoy) initial.push_back(initContainer(image));
  (native ? initial : others).push_back(proxy);
  const auto volumes = proxyVolumes();

  label(pod, gateway);
  annotate(pod, terms, statusOf(initial, others, volumes, terms.revision), gateway);
  for (auto& container : initial) put(pod, "initContainers", std::move(container), false);
  for (auto& container : others) put(pod, "containers", std::move(container), true);
  mount(pod, volumes);
  return pod;
}

}  // namespace rehearsal
