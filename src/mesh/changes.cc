#include "mesh/changes.h"

#include "base/text.h"
#include "mesh/mesh_config_edit.h"

namespace mesh {

namespace {

using json::Value;

constexpr const char* restartedAt = "kubectl.kubernetes.io/restartedAt";
constexpr const char* lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

const kube::Resource istios{"sailoperator.io", "v1", "istios"};

Value nested(std::initializer_list<std::string_view> path, Value leaf) {
  for (auto key = path.end(); key != path.begin();) {
    --key;
    leaf = Value::object({{std::string(*key), std::move(leaf)}});
  }
  return leaf;
}

Value encoded(std::string_view bytes) {
  return base::base64Encode(bytes);
}

Value caData(const CaContent& content, const base::Secret& key) {
  return Value::object({{"ca-cert.pem", encoded(content.caCert)},
                        {"ca-key.pem", encoded(key.reveal())},
                        {"cert-chain.pem", encoded(content.certChain)},
                        {"root-cert.pem", encoded(content.rootCert)}});
}

std::optional<kube::Resource> resourceOf(const std::string& kind) {
  if (kind == "Deployment") return kube::deployments;
  if (kind == "StatefulSet") return kube::statefulSets;
  if (kind == "DaemonSet") return kube::daemonSets;
  return std::nullopt;
}

Value templateAnnotations(Value annotations) {
  return nested({"spec", "template", "metadata", "annotations"}, std::move(annotations));
}

}  // namespace

kube::Write enableInIstio(const std::string& name) {
  auto values = nested({"pilot", "env", "ISTIO_MULTIROOT_MESH"}, "true");
  values.set("meshConfig", nested({"defaultConfig", "proxyMetadata", "PROXY_CONFIG_XDS_AGENT"}, "true"));
  return kube::patch(istios, "", name, kube::Patch::merge, nested({"spec", "values"}, std::move(values)));
}

kube::Write enableInIstiod(const std::string& ns, const std::string& deployment,
                           const std::string& container) {
  auto env = Value::array({Value::object({{"name", "ISTIO_MULTIROOT_MESH"}, {"value", "true"}})});
  auto containers = Value::array({Value::object({{"name", container}, {"env", std::move(env)}})});
  return kube::patch(
      kube::deployments, ns, deployment, kube::Patch::apply,
      Value::object({{"apiVersion", "apps/v1"},
                     {"kind", "Deployment"},
                     {"metadata", Value::object({{"name", deployment}, {"namespace", ns}})},
                     {"spec", nested({"template", "spec", "containers"}, std::move(containers))}}));
}

base::Result<kube::Write> enableInMeshConfig(const trust::MeshConfig& config) {
  TRY_ASSIGN(auto text, withXdsAgent(config.text));
  return kube::patch(
      kube::configMaps, config.ns, config.name, kube::Patch::json,
      Value::array({Value::object({{"op", "test"}, {"path", "/data/mesh"}, {"value", config.text}}),
                    Value::object({{"op", "replace"}, {"path", "/data/mesh"}, {"value", std::move(text)}})}));
}

base::Result<kube::Write> restartWorkload(const trust::Workload& workload, base::Time now) {
  const auto resource = resourceOf(workload.kind);
  if (!resource) {
    return base::fail({base::Kind::failed, "a " + workload.kind + " cannot be asked to restart",
                       workload.ns + "/" + workload.name, "delete its pods, or wait until they have ended"});
  }
  return kube::patch(*resource, workload.ns, workload.name, kube::Patch::strategicMerge,
                     templateAnnotations(Value::object({{restartedAt, base::formatTime(now)}})));
}

kube::Write restartIstiod(const std::string& ns, const std::string& deployment, const std::string& startedFor,
                          base::Time now) {
  auto annotations = Value::object({{restartedAt, base::formatTime(now)}});
  if (!startedFor.empty()) annotations.set("istio-ca/started-for", startedFor);
  return kube::patch(kube::deployments, ns, deployment, kube::Patch::strategicMerge,
                     templateAnnotations(std::move(annotations)));
}

kube::Write refreshPod(const kube::PodRef& pod, base::Time now) {
  return kube::patch(kube::pods, pod.ns, pod.name, kube::Patch::merge,
                     nested({"metadata", "annotations", "istio-ca/refresh"}, base::formatTime(now)));
}

kube::Write createCacerts(const std::string& ns, const CaContent& content, const base::Secret& key) {
  auto write =
      kube::create(kube::secrets, ns,
                   Value::object({{"apiVersion", "v1"},
                                  {"kind", "Secret"},
                                  {"metadata", Value::object({{"name", "cacerts"}, {"namespace", ns}})},
                                  {"type", "Opaque"},
                                  {"data", caData(content, key)}}));
  write.secret = true;
  return write;
}

kube::Write updateCacerts(const std::string& ns, const CacertsChange& change, const base::Secret& key) {
  auto data = Value::object();
  if (change.signer) {
    data.set("ca-cert.pem", encoded(change.signer->caCert));
    data.set("ca-key.pem", encoded(key.reveal()));
    data.set("cert-chain.pem", encoded(change.signer->certChain));
  }
  if (change.rootCert) data.set("root-cert.pem", encoded(*change.rootCert));
  auto annotations = Value::object({{lastApplied, nullptr}});
  for (const auto& [name, value] : change.annotations)
    annotations.set(name, value.empty() ? Value() : Value(value));
  auto write =
      kube::patch(kube::secrets, ns, "cacerts", kube::Patch::merge,
                  Value::object({{"metadata", Value::object({{"resourceVersion", change.resourceVersion},
                                                             {"annotations", std::move(annotations)}})},
                                 {"data", std::move(data)}}));
  write.secret = true;
  return write;
}

kube::Write createBackup(const trust::CaSecret& source, const std::string& fingerprint,
                         const std::string& bundle, const base::Secret& key, base::Time now) {
  const auto name = std::string(backupPrefix) + fingerprint.substr(0, 16);
  const auto metadata =
      Value::object({{"name", name},
                     {"namespace", source.ns},
                     {"labels", Value::object({{std::string(backupLabel), "true"}})},
                     {"annotations", Value::object({{"istio-ca/backup-of", source.name},
                                                    {"istio-ca/backup-fingerprint", fingerprint},
                                                    {"istio-ca/backed-up-at", base::formatTime(now)}})}});
  const CaContent content{source.caCert, source.certChain.empty() ? source.caCert : source.certChain, bundle};
  auto write = kube::create(kube::secrets, source.ns,
                            Value::object({{"apiVersion", "v1"},
                                           {"kind", "Secret"},
                                           {"metadata", metadata},
                                           {"type", "Opaque"},
                                           {"immutable", true},
                                           {"data", caData(content, key)}}));
  write.secret = true;
  return write;
}

}  // namespace mesh
