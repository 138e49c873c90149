#include "mesh/unsupported.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "mesh/containers.h"
#include "mesh/pods.h"

namespace mesh {

namespace {

using json::Value;
using trust::Unsupported;

std::string nameOf(const Value& object) {
  const auto& metadata = object["metadata"];
  return std::string(metadata["namespace"].text()) + "/" + std::string(metadata["name"].text());
}

/// Findings of one code put together: the first one's words, and how many more.
class Findings {
 public:
  void add(std::string code, std::string message, std::string hint) {
    const auto [at, isNew] = places_.emplace(code, list_.size());
    if (isNew) {
      list_.push_back({std::move(code), std::move(message), std::move(hint)});
      more_.push_back(0);
    } else {
      ++more_[at->second];
    }
  }
  UnsupportedList take() {
    for (std::size_t i = 0; i < list_.size(); ++i) {
      if (more_[i] > 0) list_[i].message += " (and " + std::to_string(more_[i]) + " more)";
    }
    return std::move(list_);
  }

 private:
  UnsupportedList list_;
  std::vector<std::size_t> more_;
  std::map<std::string, std::size_t> places_;
};

/// The CA's address is a service of an istiod in this namespace, as the injector writes it
/// (istio: manifests/charts/istio-control/istio-discovery/files/injection-template.yaml:244-249).
bool isIstiodOf(std::string_view address, const std::string& ns) {
  auto host = address.substr(0, address.rfind(':'));
  if (!host.starts_with("istiod")) return false;
  const auto dot = host.find('.');
  if (dot == std::string_view::npos) return true;
  host.remove_prefix(dot + 1);
  return host == ns || host.starts_with(ns + ".");
}

void checkIssuer(Findings& findings, const Value& container, const std::string& name, const std::string& ns) {
  const auto provider = envValue(container, "CA_PROVIDER");
  const auto address = envValue(container, "CA_ADDR");
  if (address.find("cert-manager-istio-csr") != std::string_view::npos) {
    findings.add(
        "istio-csr",
        "proxy " + name + " gets its certificate from istio-csr (CA_ADDR=" + std::string(address) + ")",
        "rotate the CA in cert-manager");
  } else if ((!provider.empty() && provider != "Citadel") || (!address.empty() && !isIstiodOf(address, ns))) {
    findings.add("foreign-ca",
                 "proxy " + name + " does not get its certificate from istiod in " + ns +
                     " (CA_ADDR=" + std::string(address) +
                     (provider.empty() ? "" : ", CA_PROVIDER=" + std::string(provider)) + ")",
                 "only meshes whose certificates all come from istiod's own CA are handled");
  }
}

void checkIstiodEnv(Findings& findings, const Value& container, const std::string& name) {
  const auto caServer = envValue(container, "ENABLE_CA_SERVER");
  if (!caServer.empty() && !goTrue(caServer)) {
    findings.add("ca-server-off",
                 "istiod " + name + " runs without its CA (ENABLE_CA_SERVER=false, as with istio-csr)",
                 "rotate the CA where the certificates come from");
  }
  if (const auto external = envValue(container, "EXTERNAL_CA"); !external.empty()) {
    findings.add("external-ca",
                 "istiod " + name +
                     " has its certificates signed elsewhere (EXTERNAL_CA=" + std::string(external) + ")",
                 "rotate the CA there");
  }
  const auto provider = envValue(container, "PILOT_CERT_PROVIDER");
  if (!provider.empty() && provider != "istiod") {
    findings.add("cert-provider", "istiod " + name + " has PILOT_CERT_PROVIDER=" + std::string(provider),
                 "only istiod's own CA is handled");
  }
  if (goTrue(envValue(container, "ENABLE_CLUSTER_TRUST_BUNDLE_API"))) {
    findings.add("cluster-trust-bundle", "istiod " + name + " hands out its roots as a ClusterTrustBundle",
                 "only the config maps istio-ca-root-cert are handled");
  }
  const auto configMap = envValue(container, "PILOT_CA_CERT_CONFIGMAP");
  if (!configMap.empty() && configMap != "istio-ca-root-cert") {
    findings.add("root-config-map",
                 "istiod " + name + " hands out its roots in config maps named " + std::string(configMap),
                 "only the config maps istio-ca-root-cert are handled");
  }
  if (const auto directory = envValue(container, "ROOT_CA_DIR");
      !directory.empty() && directory != "./etc/cacerts") {
    findings.add("root-ca-dir",
                 "istiod " + name + " looks for its CA in " + std::string(directory) + " (ROOT_CA_DIR)",
                 "only a CA in the secret cacerts is handled");
  }
  if (goTrue(envValue(container, "USE_CACERTS_FOR_SELF_SIGNED_CA"))) {
    findings.add("self-signed-cacerts",
                 "istiod " + name +
                     " keeps its self-signed CA in cacerts "
                     "(USE_CACERTS_FOR_SELF_SIGNED_CA)",
                 "such an istiod does not watch cacerts; this is not handled");
  }
}

void checkIstiodArguments(Findings& findings, const Value& container, const std::string& name) {
  for (const auto& argument : container["args"].items()) {
    // istio: pilot/cmd/pilot-discovery/app/cmd.go:173-177
    if (!argument.text().starts_with("--tlsCertFile")) continue;
    findings.add("serving-cert",
                 "istiod " + name + " serves a certificate from a file (" + std::string(argument.text()) +
                     "), so that its signer cannot be observed",
                 "let istiod sign its own serving certificate for the rotation");
  }
}

bool has(const trust::CaSecret& secret, std::string_view key) {
  return std::find(secret.keys.begin(), secret.keys.end(), key) != secret.keys.end();
}

}  // namespace

UnsupportedList unsupportedPods(const json::Array& pods, const std::string& istioNamespace) {
  Findings findings;
  for (const auto& pod : pods) {
    if (ended(pod)) continue;
    if (ztunnelOf(pod)) {
      findings.add("ambient",
                   "pod " + nameOf(pod) +
                       " is a ztunnel (ambient mode), which takes new roots with a new "
                       "certificate only",
                   "ambient mode is not handled");
      continue;
    }
    const auto& container = proxyContainer(pod["spec"]);
    if (!container.isNull()) checkIssuer(findings, container, nameOf(pod), istioNamespace);
  }
  return findings.take();
}

UnsupportedList unsupportedIstiods(const json::Array& deployments, const std::string& istioNamespace) {
  Findings findings;
  for (const auto& deployment : deployments) {
    const auto name = nameOf(deployment);
    if (deployment["metadata"]["namespace"].text() != istioNamespace) {
      findings.add("several-control-planes", "istiod " + name + " is another control plane in this cluster",
                   "only one control plane in a cluster is handled");
      continue;
    }
    for (const auto& container : deployment["spec"]["template"]["spec"]["containers"].items()) {
      checkIstiodEnv(findings, container, name);
      checkIstiodArguments(findings, container, name);
    }
  }
  return findings.take();
}

UnsupportedList unsupportedCacerts(const trust::CaSecret& cacerts) {
  Findings findings;
  const auto name = "secret " + cacerts.ns + "/" + cacerts.name;
  if (has(cacerts, "istio-generated")) {
    findings.add("self-signed-cacerts", name + " holds istiod's self-signed CA (key istio-generated)",
                 "move it to istio-ca-secret first");
  }
  if (has(cacerts, "tls.crt")) {
    findings.add("cacerts-tls-layout",
                 name + " has the layout of kubernetes.io/tls (tls.crt), which istiod prefers",
                 "only ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem are handled");
  }
  if (cacerts.immutable) {
    findings.add("cacerts-immutable", name + " is immutable",
                 "its content cannot be changed; make it mutable first");
  }
  if (has(cacerts, "ca-crl.pem")) {
    findings.add("cacerts-crl", name + " holds a CRL (ca-crl.pem), which has to cover every CA of the chain",
                 "take the CRL out for the rotation");
  }
  std::vector<std::string> missing;
  for (const auto* file : {"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}) {
    if (!has(cacerts, file)) missing.emplace_back(file);
  }
  if (!missing.empty() && !has(cacerts, "tls.crt")) {
    findings.add("cacerts-incomplete",
                 name + " lacks " + base::join(missing, ", ") + ": no istiod can start with it",
                 "complete it, or delete it if no istiod has loaded it");
  }
  return findings.take();
}

UnsupportedList unsupportedRemotes(const json::Array& remoteSecrets) {
  Findings findings;
  for (const auto& secret : remoteSecrets) {
    findings.add("multicluster",
                 "secret " + nameOf(secret) + " (istio/multiCluster=true) connects another cluster",
                 "a mesh of several clusters has to be rotated in all of them at once, which is not handled");
  }
  return findings.take();
}

Unsupported istiodTlsFound(const std::string& istioNamespace) {
  return {"serving-cert",
          "secret " + istioNamespace +
              "/istiod-tls: istiod serves that certificate, so that its signer cannot be "
              "observed",
          "let istiod sign its own serving certificate for the rotation"};
}

UnsupportedList unsupportedSail(const std::vector<const Value*>& istios,
                                const std::vector<const Value*>& revisions, std::size_t istiodDeployments) {
  Findings findings;
  for (std::size_t i = 1; i < istios.size(); ++i) {
    findings.add(
        "several-control-planes",
        "Istio " + std::string((*istios[i])["metadata"]["name"].text()) + " is a second one in the namespace",
        "only one control plane in a cluster is handled");
  }
  if (istios.size() == 1 && (revisions.size() > 1 || istiodDeployments > 1)) {
    std::vector<std::string> names;
    for (const auto* revision : revisions) names.emplace_back((*revision)["metadata"]["name"].text());
    findings.add("several-revisions",
                 "more than one revision of Istio " + std::string((*istios[0])["metadata"]["name"].text()) +
                     (names.empty() ? " runs" : ": " + base::join(names, ", ")),
                 "move all workloads to the active revision first: the operator changes no other");
  }
  return findings.take();
}

Unsupported sailWithoutV1() {
  return {"sail-version", "the Sail operator serves no sailoperator.io/v1", "upgrade the operator"};
}

}  // namespace mesh
