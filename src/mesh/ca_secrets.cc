#include "mesh/ca_secrets.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "kube/api.h"
#include "pki/key.h"

namespace mesh {

namespace {

using json::Value;

std::string file(const Value& data, std::string_view name) {
  return base::base64Decode(data[name].text()).value_or(std::string());
}

/// Overwrites a string where it stands. No document of ours is made const: it is only passed so.
void cleanseText(const Value& text) {
  const auto view = text.text();
  if (!view.empty()) base::cleanse(const_cast<char*>(view.data()), view.size());
}

std::string fingerprintOf(const base::Secret& key, const std::string& name) {
  if (key.empty()) return {};
  const auto parsed = pki::PrivateKey::fromPem(key, name);
  return parsed ? parsed->fingerprint() : std::string();
}

std::string contentOf(const trust::CaSecret& secret) {
  // A length before each part, so that bytes cannot move from one to the next unnoticed.
  std::string all;
  for (const auto* part : {&secret.caCert, &secret.certChain, &secret.rootCert, &secret.keyFingerprint}) {
    all += std::to_string(part->size()) + ":" + *part;
  }
  return base::sha256Hex(all);
}

/// Prefixes of labels and annotations that a tool puts on what it manages.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> toolMarks{{
    {"argocd.argoproj.io/", "Argo CD"},
    {"kustomize.toolkit.fluxcd.io/", "Flux"},
    {"helm.toolkit.fluxcd.io/", "Flux"},
    {"cert-manager.io/", "cert-manager"},
    {"external-secrets.io/", "External Secrets"},
}};

/// Field managers that are people, istiod or this program: `kubectl-create`, `kubectl-client-side-apply`, ...
bool ordinaryManager(std::string_view manager) {
  return manager.empty() || manager.starts_with("kubectl") || manager == "pilot-discovery" ||
         manager == kube::fieldManager || manager == "before-first-apply" || manager == "curl" ||
         manager == "Mozilla";
}

void addOnce(std::vector<std::string>& list, std::string entry) {
  if (std::find(list.begin(), list.end(), entry) == list.end()) list.push_back(std::move(entry));
}

}  // namespace

void cleanseData(const Value& secret) {
  for (const auto& [name, value] : secret["data"].members()) cleanseText(value);
}

std::optional<base::Time> dataWrittenAt(const Value& metadata) {
  std::optional<base::Time> last;
  for (const auto& entry : metadata["managedFields"].items()) {
    if (!entry["fieldsV1"].has("f:data") && !entry["fieldsV1"].has("f:stringData")) continue;
    const auto time = base::parseTime(entry["time"].text());
    if (time && (!last || *time > *last)) last = *time;
  }
  if (last) return last;
  const auto created = base::parseTime(metadata["creationTimestamp"].text());
  return created ? std::optional(*created) : std::nullopt;
}

std::vector<std::string> ownersOf(const Value& metadata) {
  std::vector<std::string> owners;
  for (const auto& owner : metadata["ownerReferences"].items()) {
    addOnce(owners, std::string(owner["kind"].text()) + " " + std::string(owner["name"].text()));
  }
  for (const auto* marks : {"labels", "annotations"}) {
    for (const auto& [name, value] : metadata[marks].members()) {
      for (const auto& [prefix, tool] : toolMarks) {
        if (name.starts_with(prefix)) addOnce(owners, std::string(tool) + " (" + name + ")");
      }
    }
  }
  for (const auto& entry : metadata["managedFields"].items()) {
    const auto manager = entry["manager"].text();
    if (entry["fieldsV1"].has("f:data") && !ordinaryManager(manager)) {
      addOnce(owners, "field manager " + std::string(manager));
    }
  }
  return owners;
}

ReadCaSecret readCaSecret(Value object) {
  const auto& metadata = object["metadata"];
  const auto& data = object["data"];
  ReadCaSecret read;
  auto& secret = read.secret;
  secret.ns = metadata["namespace"].text();
  secret.name = metadata["name"].text();
  secret.type = object["type"].text();
  secret.uid = metadata["uid"].text();
  secret.resourceVersion = metadata["resourceVersion"].text();
  secret.immutable = object["immutable"].boolean().value_or(false);
  for (const auto& [name, value] : data.members()) secret.keys.push_back(name);
  std::sort(secret.keys.begin(), secret.keys.end());
  secret.caCert = file(data, "ca-cert.pem");
  if (secret.name == "istio-ca-secret") {
    secret.rootCert = secret.caCert;
  } else {
    secret.certChain = file(data, "cert-chain.pem");
    secret.rootCert = file(data, "root-cert.pem");
  }
  read.key = base::Secret(file(data, "ca-key.pem"));
  cleanseData(object);
  secret.keyFingerprint = fingerprintOf(read.key, "ca-key.pem of secret " + secret.ns + "/" + secret.name);
  secret.content = contentOf(secret);
  secret.lastWritten = dataWrittenAt(metadata);
  secret.owners = ownersOf(metadata);
  secret.appliedCopy = metadata["annotations"].has("kubectl.kubernetes.io/last-applied-configuration");
  for (const auto& [name, value] : metadata["annotations"].members()) {
    if (name.starts_with("istio-ca/")) secret.annotations[name] = value.text();
  }
  return read;
}

}  // namespace mesh
