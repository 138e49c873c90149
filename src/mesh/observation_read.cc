#include "mesh/json_table.h"
#include "mesh/observation_json.h"
#include "mesh/observation_words.h"

namespace mesh {

namespace {

using json::Value;

/// The value under its key, or why it was not read, under the key with "Unreadable".
template <class T>
trust::Reading<T> reading(Reader& reader, const Value& object, std::string_view key, auto read) {
  const auto other = std::string(key) + "Unreadable";
  if (object.has(other)) return tl::unexpected(reader.unreadable(object[other]));
  if (!object.has(key)) {
    reader.fail("\"" + std::string(key) + "\" is missing");
    return tl::unexpected(trust::Unreadable{});
  }
  return read();
}

trust::Reading<trust::Certificates> certificatesOf(Reader& reader, const Value& object,
                                                   std::string_view key) {
  return reading<trust::Certificates>(reader, object, key, [&] { return reader.certificates(object, key); });
}

trust::CaSecret secretOf(Reader& reader, const Value& object) {
  trust::CaSecret secret;
  secret.ns = reader.text(object, "namespace");
  secret.name = reader.text(object, "name");
  secret.type = reader.text(object, "type");
  secret.uid = reader.text(object, "uid");
  secret.resourceVersion = reader.text(object, "resourceVersion");
  secret.immutable = reader.flag(object, "immutable");
  secret.keys = reader.texts(object, "keys");
  secret.caCert = reader.text(object, "caCert");
  secret.certChain = reader.text(object, "certChain");
  secret.rootCert = reader.text(object, "rootCert");
  secret.keyFingerprint = reader.text(object, "keyFingerprint");
  secret.content = reader.text(object, "content");
  secret.owners = reader.texts(object, "owners");
  secret.annotations = reader.dictionary(object, "annotations");
  if (object.has("lastWritten")) secret.lastWritten = reader.time(object, "lastWritten");
  return secret;
}

trust::Reading<std::optional<trust::CaSecret>> optionalSecret(Reader& reader, const Value& document,
                                                              std::string_view key) {
  using Optional = std::optional<trust::CaSecret>;
  return reading<Optional>(reader, document, key, [&]() -> Optional {
    if (document[key].isNull()) return std::nullopt;
    return secretOf(reader, reader.object(document, key));
  });
}

trust::MeshConfig meshConfigOf(Reader& reader, const Value& object) {
  return {reader.text(object, "namespace"), reader.text(object, "name"),
          reader.text(object, "resourceVersion"), reader.text(object, "text"),
          reader.flag(object, "xdsAgent")};
}

trust::Installation installationOf(Reader& reader, const Value& object) {
  trust::Installation installation;
  installation.kind = trust::InstallationKind(reader.oneOf(object, "kind", installationWords));
  installation.ns = reader.text(object, "namespace");
  installation.trustDomain = reader.text(object, "trustDomain");
  installation.istioVersion = reader.text(object, "istioVersion");
  for (const auto& config : reader.items(object, "meshConfigs")) {
    installation.meshConfigs.push_back(meshConfigOf(reader, config));
  }
  if (installation.kind != trust::InstallationKind::sail) return installation;
  const auto& istio = reader.object(object, "istio");
  installation.istioName = reader.text(istio, "name");
  installation.istioGeneration = reader.number(istio, "generation");
  installation.istioObserved = reader.number(istio, "observedGeneration");
  installation.istioReady = reader.flag(istio, "ready");
  installation.istioMultiRoot = reader.flag(istio, "multiRoot");
  installation.istioXdsAgent = reader.flag(istio, "xdsAgent");
  return installation;
}

trust::IstiodDeployment deploymentOf(Reader& reader, const Value& object) {
  trust::IstiodDeployment deployment;
  deployment.ns = reader.text(object, "namespace");
  deployment.name = reader.text(object, "name");
  deployment.revision = reader.text(object, "revision");
  deployment.resourceVersion = reader.text(object, "resourceVersion");
  deployment.generation = reader.number(object, "generation");
  deployment.observedGeneration = reader.number(object, "observedGeneration");
  deployment.replicas = reader.number(object, "replicas");
  deployment.updated = reader.number(object, "updated");
  deployment.available = reader.number(object, "available");
  deployment.total = reader.number(object, "total");
  deployment.multiRoot = reader.flag(object, "multiRoot");
  deployment.container = reader.text(object, "container");
  deployment.startedFor = reader.text(object, "startedFor");
  deployment.env = reader.dictionary(object, "env");
  return deployment;
}

trust::Istiod istiodOf(Reader& reader, const Value& object) {
  trust::Istiod istiod;
  istiod.ns = reader.text(object, "namespace");
  istiod.pod = reader.text(object, "pod");
  istiod.uid = reader.text(object, "uid");
  istiod.deployment = reader.text(object, "deployment");
  istiod.revision = reader.text(object, "revision");
  istiod.created = reader.time(object, "created");
  istiod.restarts = reader.number(object, "restarts");
  istiod.ready = reader.flag(object, "ready");
  istiod.terminating = reader.flag(object, "terminating");
  istiod.multiRoot = reader.flag(object, "multiRoot");
  istiod.startedFor = reader.text(object, "startedFor");
  istiod.serving = certificatesOf(reader, object, "serving");
  return istiod;
}

trust::ProxySecrets secretsOf(Reader& reader, const Value& object) {
  trust::ProxySecrets secrets;
  secrets.chain = reader.certificates(object, "chain");
  if (secrets.chain.empty()) reader.fail("\"chain\" is empty");
  secrets.roots = reader.certificates(object, "roots");
  secrets.warming = reader.flag(object, "warming");
  secrets.version = reader.text(object, "version");
  secrets.lastUpdated = reader.text(object, "lastUpdated");
  return secrets;
}

trust::Proxy proxyOf(Reader& reader, const Value& object) {
  trust::Proxy proxy;
  proxy.ns = reader.text(object, "namespace");
  proxy.pod = reader.text(object, "pod");
  proxy.uid = reader.text(object, "uid");
  const auto& workload = reader.object(object, "workload");
  proxy.workload = {reader.text(workload, "kind"), reader.text(workload, "namespace"),
                    reader.text(workload, "name")};
  proxy.type = trust::ProxyType(reader.oneOf(object, "type", proxyTypeWords));
  proxy.container = reader.text(object, "container");
  proxy.serviceAccount = reader.text(object, "serviceAccount");
  proxy.revision = reader.text(object, "revision");
  proxy.created = reader.time(object, "created");
  proxy.running = reader.flag(object, "running");
  proxy.ready = reader.flag(object, "ready");
  proxy.terminating = reader.flag(object, "terminating");
  proxy.xdsAgent = reader.flag(object, "xdsAgent");
  proxy.xdsAgentWanted = reader.flag(object, "xdsAgentWanted");
  proxy.managedGateway = reader.flag(object, "managedGateway");
  proxy.secrets = reading<trust::ProxySecrets>(
      reader, object, "secrets", [&] { return secretsOf(reader, reader.object(object, "secrets")); });
  proxy.mounted = certificatesOf(reader, object, "mounted");
  return proxy;
}

trust::Distribution distributionOf(Reader& reader, const Value& object) {
  return {trust::Distribution::Kind(reader.oneOf(object, "kind", distributionWords)),
          reader.text(object, "name"), certificatesOf(reader, object, "roots")};
}

}  // namespace

base::Result<trust::Observation> observationFromJson(const Value& document) {
  if (document["apiVersion"].text() != observationVersion || document["kind"].text() != observationKind) {
    return base::fail({base::Kind::usage, "this is no observation",
                       "its apiVersion and kind are not istio-ca/v1 and Observation",
                       "write one with: status --save-observation FILE"});
  }
  Reader reader(document);
  trust::Observation read;
  read.takenAt = reader.time(document, "takenAt");
  read.server = reader.text(document, "server");
  read.installation = installationOf(reader, reader.object(document, "installation"));
  for (const auto& entry : reader.items(document, "istiodDeployments")) {
    read.istiodDeployments.push_back(deploymentOf(reader, entry));
  }
  for (const auto& entry : reader.items(document, "istiods")) read.istiods.push_back(istiodOf(reader, entry));
  read.cacerts = optionalSecret(reader, document, "cacerts");
  read.selfSigned = optionalSecret(reader, document, "selfSigned");
  read.backups = reading<std::vector<trust::CaSecret>>(reader, document, "backups", [&] {
    std::vector<trust::CaSecret> backups;
    for (const auto& entry : reader.items(document, "backups")) backups.push_back(secretOf(reader, entry));
    return backups;
  });
  for (const auto& entry : reader.items(document, "distribution")) {
    read.distribution.push_back(distributionOf(reader, entry));
  }
  for (const auto& entry : reader.items(document, "proxies")) read.proxies.push_back(proxyOf(reader, entry));
  for (const auto& entry : reader.items(document, "unsupported")) {
    read.unsupported.push_back(
        {reader.text(entry, "code"), reader.text(entry, "message"), reader.text(entry, "hint")});
  }
  for (const auto& entry : reader.items(document, "unlisted")) {
    read.unlisted.emplace_back(reader.text(entry, "what"), reader.unreadable(entry));
  }
  TRY(reader.status());
  return read;
}

}  // namespace mesh
