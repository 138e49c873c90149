#include <utility>

#include "mesh/json_table.h"
#include "mesh/observation_json.h"
#include "mesh/observation_words.h"

namespace mesh {

namespace {

using json::Value;

template <class T>
Value list(const std::vector<T>& entries, auto write) {
  auto array = Value::array();
  for (const auto& entry : entries) array.push(write(entry));
  return array;
}

Value texts(const std::vector<std::string>& entries) {
  return list(entries, [](const std::string& text) { return Value(text); });
}

Value dictionary(const std::map<std::string, std::string>& entries) {
  auto object = Value::object();
  for (const auto& [name, value] : entries) object.set(name, value);
  return object;
}

/// What was read under its key, or why it was not under "unreadable".
template <class T>
void set(Value& object, std::string_view key, const trust::Reading<T>& reading, auto write) {
  if (reading) {
    object.set(key, write(*reading));
  } else {
    object.set(std::string(key) + "Unreadable", unreadableJson(reading.error()));
  }
}

Value secretJson(const trust::CaSecret& secret) {
  auto object = Value::object({{"namespace", secret.ns},
                               {"name", secret.name},
                               {"type", secret.type},
                               {"uid", secret.uid},
                               {"resourceVersion", secret.resourceVersion},
                               {"immutable", secret.immutable},
                               {"keys", texts(secret.keys)},
                               {"caCert", secret.caCert},
                               {"certChain", secret.certChain},
                               {"rootCert", secret.rootCert},
                               {"keyFingerprint", secret.keyFingerprint},
                               {"content", secret.content},
                               {"owners", texts(secret.owners)},
                               {"annotations", dictionary(secret.annotations)}});
  if (secret.lastWritten) object.set("lastWritten", base::formatTime(*secret.lastWritten));
  return object;
}

Value optionalSecret(const std::optional<trust::CaSecret>& secret) {
  return secret ? secretJson(*secret) : Value();
}

Value meshConfigJson(const trust::MeshConfig& config) {
  return Value::object({{"namespace", config.ns},
                        {"name", config.name},
                        {"resourceVersion", config.resourceVersion},
                        {"text", config.text},
                        {"xdsAgent", config.xdsAgent}});
}

Value installationJson(const trust::Installation& installation) {
  auto object = Value::object({{"kind", installationWords[std::size_t(installation.kind)]},
                               {"namespace", installation.ns},
                               {"trustDomain", installation.trustDomain},
                               {"istioVersion", installation.istioVersion},
                               {"meshConfigs", list(installation.meshConfigs, meshConfigJson)}});
  if (installation.kind == trust::InstallationKind::sail) {
    object.set("istio", Value::object({{"name", installation.istioName},
                                       {"generation", installation.istioGeneration},
                                       {"observedGeneration", installation.istioObserved},
                                       {"ready", installation.istioReady},
                                       {"multiRoot", installation.istioMultiRoot},
                                       {"xdsAgent", installation.istioXdsAgent}}));
  }
  return object;
}

Value deploymentJson(const trust::IstiodDeployment& deployment) {
  return Value::object({{"namespace", deployment.ns},
                        {"name", deployment.name},
                        {"revision", deployment.revision},
                        {"resourceVersion", deployment.resourceVersion},
                        {"generation", deployment.generation},
                        {"observedGeneration", deployment.observedGeneration},
                        {"replicas", deployment.replicas},
                        {"updated", deployment.updated},
                        {"available", deployment.available},
                        {"total", deployment.total},
                        {"multiRoot", deployment.multiRoot},
                        {"container", deployment.container},
                        {"startedFor", deployment.startedFor},
                        {"env", dictionary(deployment.env)}});
}

Value istiodJson(const trust::Istiod& istiod, CertificatesOut& certificates) {
  auto object = Value::object({{"namespace", istiod.ns},
                               {"pod", istiod.pod},
                               {"uid", istiod.uid},
                               {"deployment", istiod.deployment},
                               {"revision", istiod.revision},
                               {"created", base::formatTime(istiod.created)},
                               {"restarts", istiod.restarts},
                               {"ready", istiod.ready},
                               {"terminating", istiod.terminating},
                               {"multiRoot", istiod.multiRoot},
                               {"startedFor", istiod.startedFor}});
  set(object, "serving", istiod.serving, [&](const auto& chain) { return certificates.names(chain); });
  return object;
}

Value secretsJson(const trust::ProxySecrets& secrets, CertificatesOut& certificates) {
  return Value::object({{"chain", certificates.names(secrets.chain)},
                        {"roots", certificates.names(secrets.roots)},
                        {"warming", secrets.warming},
                        {"version", secrets.version},
                        {"lastUpdated", secrets.lastUpdated}});
}

Value proxyJson(const trust::Proxy& proxy, CertificatesOut& certificates) {
  auto object = Value::object({{"namespace", proxy.ns},
                               {"pod", proxy.pod},
                               {"uid", proxy.uid},
                               {"workload", Value::object({{"kind", proxy.workload.kind},
                                                           {"namespace", proxy.workload.ns},
                                                           {"name", proxy.workload.name}})},
                               {"type", proxyTypeWords[std::size_t(proxy.type)]},
                               {"container", proxy.container},
                               {"serviceAccount", proxy.serviceAccount},
                               {"revision", proxy.revision},
                               {"created", base::formatTime(proxy.created)},
                               {"running", proxy.running},
                               {"ready", proxy.ready},
                               {"terminating", proxy.terminating},
                               {"xdsAgent", proxy.xdsAgent},
                               {"xdsAgentWanted", proxy.xdsAgentWanted},
                               {"managedGateway", proxy.managedGateway}});
  set(object, "secrets", proxy.secrets,
      [&](const auto& secrets) { return secretsJson(secrets, certificates); });
  set(object, "mounted", proxy.mounted, [&](const auto& roots) { return certificates.names(roots); });
  return object;
}

Value distributionJson(const trust::Distribution& distribution, CertificatesOut& certificates) {
  auto object = Value::object(
      {{"kind", distributionWords[std::size_t(distribution.kind)]}, {"name", distribution.name}});
  set(object, "roots", distribution.roots, [&](const auto& roots) { return certificates.names(roots); });
  return object;
}

Value unsupportedJson(const trust::Unsupported& unsupported) {
  return Value::object(
      {{"code", unsupported.code}, {"message", unsupported.message}, {"hint", unsupported.hint}});
}

Value unlistedJson(const std::pair<std::string, trust::Unreadable>& entry) {
  auto object = unreadableJson(entry.second);
  object.set("what", entry.first);
  return object;
}

}  // namespace

Value observationToJson(const trust::Observation& observation) {
  CertificatesOut certificates;
  const auto with = [&](auto write) {
    return [&certificates, write](const auto& entry) { return write(entry, certificates); };
  };
  auto object = Value::object({{"apiVersion", observationVersion},
                               {"kind", observationKind},
                               {"takenAt", base::formatTime(observation.takenAt)},
                               {"server", observation.server},
                               {"installation", installationJson(observation.installation)},
                               {"istiodDeployments", list(observation.istiodDeployments, deploymentJson)},
                               {"istiods", list(observation.istiods, with(istiodJson))}});
  set(object, "cacerts", observation.cacerts, optionalSecret);
  set(object, "selfSigned", observation.selfSigned, optionalSecret);
  set(object, "backups", observation.backups, [](const auto& backups) { return list(backups, secretJson); });
  object.set("distribution", list(observation.distribution, with(distributionJson)));
  object.set("proxies", list(observation.proxies, with(proxyJson)));
  object.set("unsupported", list(observation.unsupported, unsupportedJson));
  object.set("unlisted", list(observation.unlisted, unlistedJson));
  object.set("certificates", certificates.table());
  return object;
}

}  // namespace mesh
