#include "rehearsal/validation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "rehearsal/selectors.h"

namespace rehearsal {
namespace {

using json::Value;

using Causes = std::vector<Cause>;

bool isLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// RFC 1123, as apimachinery: pkg/util/validation.
bool isSubdomain(std::string_view name) {
  return !name.empty() && name.size() <= 253 && isLetterOrDigit(name.front()) &&
         isLetterOrDigit(name.back()) && std::all_of(name.begin(), name.end(), [](char c) {
           return isLetterOrDigit(c) || c == '-' || c == '.';
         });
}

bool isDataKey(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return isLetterOrDigit(static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c)) || c == '-' || c == '_' ||
           c == '.';
  });
}

Cause immutableField(std::string field) {
  return {"FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set", std::move(field)};
}

void checkName(Causes& causes, const ApiKind& kind, const Key& key) {
  // Roles and bindings may be called almost anything.
  if (kind.group == "rbac.authorization.k8s.io" || isSubdomain(key.name)) return;
  causes.push_back(
      {"FieldValueInvalid",
       fmt::format(
           "Invalid value: \"{}\": a lowercase RFC 1123 subdomain must consist of lower case "
           "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
           "(e.g. 'example.com', regex used for validation is "
           "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
           key.name),
       "metadata.name"});
}

void checkData(Causes& causes, const Value& object) {
  for (const char* field : {"data", "binaryData"}) {
    for (const auto& [name, value] : object[field].members()) {
      if (!isDataKey(name))
        causes.push_back(
            {"FieldValueInvalid",
             fmt::format("Invalid value: \"{}\": a valid config key must consist of alphanumeric "
                         "characters, '-', '_' or '.'",
                         name),
             fmt::format("{}[{}]", field, name)});
    }
  }
}

void checkImmutable(Causes& causes, const Value& before, const Value& object) {
  if (before["immutable"].boolean() != true) return;
  if (object["immutable"].boolean() != true) causes.push_back(immutableField("immutable"));
  if (!(before["data"] == object["data"])) causes.push_back(immutableField("data"));
  if (!(before["binaryData"] == object["binaryData"])) causes.push_back(immutableField("binaryData"));
}

void checkSecret(Causes& causes, const Value* before, const Value& object) {
  if (before != nullptr && !((*before)["type"] == object["type"]))
    causes.push_back({"FieldValueInvalid",
                      fmt::format("Invalid value: \"{}\": field is immutable", object["type"].text()),
                      "type"});
  if (object["type"].text() != "kubernetes.io/tls") return;
  for (const char* name : {"tls.crt", "tls.key"}) {
    if (!object["data"].has(name))
      causes.push_back({"FieldValueRequired", "Required value", fmt::format("data[{}]", name)});
  }
}

void checkWorkload(Causes& causes, const Value* before, const Value& object) {
  const Value& spec = object["spec"];
  if (before != nullptr && !((*before)["spec"]["selector"] == spec["selector"]))
    causes.push_back({"FieldValueInvalid",
                      fmt::format("Invalid value: {}: field is immutable", json::dump(spec["selector"])),
                      "spec.selector"});
  if (spec["replicas"].integer().value_or(0) < 0)
    causes.push_back(
        {"FieldValueInvalid",
         fmt::format("Invalid value: {}: must be greater than or equal to 0", *spec["replicas"].integer()),
         "spec.replicas"});
  if (spec["template"]["spec"]["containers"].items().empty())
    causes.push_back({"FieldValueRequired", "Required value", "spec.template.spec.containers"});
  if (!selectorMatches(spec["selector"], spec["template"]["metadata"]["labels"]))
    causes.push_back({"FieldValueInvalid",
                      fmt::format("Invalid value: {}: `selector` does not match template `labels`",
                                  json::dump(spec["template"]["metadata"]["labels"])),
                      "spec.template.metadata.labels"});
}

/// Data of secrets is bytes; Go's decoder refuses it before anybody looks at it.
Granted<Value> decodable(const ApiKind& kind, Value object) {
  if (kind.kind != "Secret") return object;
  for (const auto& [name, value] : object["data"].members()) {
    if (value.isNull() || (value.isString() && base::base64Decode(value.text()))) continue;
    return refuse(badRequest(fmt::format("Secret in version \"v1\" cannot be handled as a Secret: {}",
                                         value.isString() ? "illegal base64 data at input byte 0"
                                                          : "json: cannot unmarshal into Go value of type "
                                                            "[]uint8")));
  }
  return object;
}

}  // namespace

void setDefaults(const ApiKind& kind, Value& object) {
  object.set("apiVersion", kind.apiVersion());
  object.set("kind", kind.kind);
  if (kind.kind == "Secret") {
    if (object["type"].text().empty()) object.set("type", "Opaque");
    const Value texts = object["stringData"];
    for (const auto& [name, value] : texts.members())
      object.at("data").set(name, base::base64Encode(value.text()));
    object.erase("stringData");
  }
  if (kind.kind == "Service") setServiceDefaults(object);
  if (kind.group == "apps" && kind.scales && object["spec"]["replicas"].isNull())
    object.at("spec").set("replicas", 1);
  if (kind.kind == "Namespace") {
    const std::string name(object["metadata"]["name"].text());
    object.at("metadata").at("labels").set("kubernetes.io/metadata.name", name);
    if (object["spec"]["finalizers"].isNull())
      object.at("spec").set("finalizers", Value::array({"kubernetes"}));
  }
}

// kubernetes: pkg/apis/apps/v1/defaults.go SetDefaults_Deployment.
void setDeploymentDefaults(Value& deployment) {
  Value& spec = deployment.at("spec");
  Value& strategy = spec.at("strategy");
  if (strategy["type"].text().empty()) strategy.set("type", "RollingUpdate");
  if (strategy["type"].text() == "RollingUpdate") {
    for (const char* name : {"maxSurge", "maxUnavailable"})
      if (strategy["rollingUpdate"][name].isNull()) strategy.at("rollingUpdate").set(name, "25%");
  }
  if (spec["revisionHistoryLimit"].isNull()) spec.set("revisionHistoryLimit", 10);
  if (spec["progressDeadlineSeconds"].isNull()) spec.set("progressDeadlineSeconds", 600);
}

// kubernetes: pkg/apis/core/v1/defaults.go SetDefaults_Service; the addresses of a usual service network.
void setServiceDefaults(Value& service) {
  Value& spec = service.at("spec");
  if (spec["type"].text().empty()) spec.set("type", "ClusterIP");
  if (spec["sessionAffinity"].text().empty()) spec.set("sessionAffinity", "None");
  if (spec["type"].text() != "ExternalName" && spec["clusterIP"].text().empty()) {
    const auto& metadata = service["metadata"];
    const auto hash =
        base::sha256Hex(fmt::format("{}/{}", metadata["namespace"].text(), metadata["name"].text()));
    const auto number = std::stoul(hash.substr(0, 4), nullptr, 16);
    spec.set("clusterIP", fmt::format("10.96.{}.{}", number >> 8U, 1 + (number & 0xffU) % 254));
  }
  if (spec["clusterIPs"].isNull() && !spec["clusterIP"].text().empty())
    spec.set("clusterIPs", Value::array({spec["clusterIP"]}));
  Value ports = Value::array();
  for (Value port : spec["ports"].items()) {
    if (port["protocol"].text().empty()) port.set("protocol", "TCP");
    if (port["targetPort"].isNull()) port.set("targetPort", port["port"]);
    ports.push(std::move(port));
  }
  if (!ports.items().empty()) spec.set("ports", std::move(ports));
}

Granted<Value> validated(const ApiKind& kind, const Key& key, const Value* before, Value object) {
  GRANT_ASSIGN(object, decodable(kind, std::move(object)));
  Causes causes;
  if (before == nullptr) checkName(causes, kind, key);
  const bool holdsData = kind.kind == "Secret" || kind.kind == "ConfigMap";
  if (holdsData) checkData(causes, object);
  if (holdsData && before != nullptr) checkImmutable(causes, *before, object);
  if (kind.kind == "Secret") checkSecret(causes, before, object);
  if (kind.group == "apps" &&
      (kind.kind == "Deployment" || kind.kind == "StatefulSet" || kind.kind == "DaemonSet"))
    checkWorkload(causes, before, object);
  if (causes.empty()) return object;
  return refuse(invalid(key, kind.kind, causes));
}

}  // namespace rehearsal
