#include "little_mesh.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "json/yaml.h"
#include "mesh/envoy_secrets.h"
#include "pki/pem.h"
#include "pki/verify.h"
#include "support/data.h"

namespace {

using json::Value;

const std::string istioNamespace = "istio-system";

Value nameSpace(const std::string& name, const std::string& labels) {
  return support::yaml("{metadata: {name: " + name + ", labels: " + labels + "}}");
}

Value account(const std::string& ns) {
  return support::yaml("{metadata: {name: default, namespace: " + ns + "}}");
}

std::string meshText(bool xdsAgent) {
  return std::string(
             "trustDomain: cluster.local\ndefaultConfig:\n  discoveryAddress: "
             "istiod.istio-system.svc:15012\n") +
         (xdsAgent ? "  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n" : "");
}

Value ownSecret(const support::TestCa& ca) {
  const auto data = Value::object({{"ca-cert.pem", base::base64Encode(ca.caCert)},
                                   {"ca-key.pem", base::base64Encode(ca.key.pem()->reveal())},
                                   {"root-cert.pem", base::base64Encode(ca.caCert)}});
  auto secret = support::yaml("{metadata: {name: istio-ca-secret, namespace: istio-system}}");
  secret.set("data", data);
  return secret;
}

}  // namespace

LittleMesh::LittleMesh(Setting setting)
    : simulation(support::start, setting.seed),
      store([this] { return base::formatTime(simulation.now()); }),
      programs(simulation, store),
      setting_(std::move(setting)) {
  const auto create = [&](rehearsal::Key key, Value object) {
    EXPECT_TRUE(store.create(std::move(key), std::move(object), "kubectl"));
  };
  for (const auto& [name, labels] :
       {std::pair("istio-system", "{}"), {"kube-public", "{}"}, {"shop", "{istio-injection: enabled}"}}) {
    create({"", "namespaces", "", name}, nameSpace(name, labels));
    create({"", "serviceaccounts", name, "default"}, account(name));
  }
  auto config = support::yaml("{metadata: {name: istio, namespace: istio-system}}");
  config.at("data").set("mesh", meshText(setting_.xdsAgent));
  create({"", "configmaps", istioNamespace, "istio"}, std::move(config));
  create({"", "secrets", istioNamespace, "istio-ca-secret"}, ownSecret(o));
  auto webhooks = support::jsonData("mesh/mutating_webhook.json");
  auto entries = webhooks["webhooks"].items();
  for (auto& entry : entries) entry.at("clientConfig").erase("caBundle");
  webhooks.set("webhooks", entries);
  webhooks.at("metadata").erase("resourceVersion");
  create({"admissionregistration.k8s.io", "mutatingwebhookconfigurations", "", "istio-sidecar-injector"},
         std::move(webhooks));
}

std::string LittleMesh::istiod(const std::string& name) {
  auto pod = support::jsonData("mesh/pods.json")["items"].items().front();
  pod.at("metadata").set("name", name);
  auto containers = pod["spec"]["containers"].items();
  containers.front().set("image", "docker.io/istio/pilot:" + setting_.version);
  if (setting_.multiRoot)
    containers.front().at("env").push(Value::object({{"name", "ISTIO_MULTIROOT_MESH"}, {"value", "true"}}));
  pod.at("spec").set("containers", containers);
  pods_.erase(name);
  auto program = programs.start(pod, istiodFiles());
  if (!program) return base::describe(program.error());
  pods_[name] = *std::move(program);
  return "";
}

rehearsal::Istiod& LittleMesh::istiodNamed(const std::string& name) {
  return dynamic_cast<rehearsal::Istiod&>(*pods_.at(name));
}

std::string LittleMesh::proxy(const std::string& name, const std::string& annotations) {
  auto pod = support::yaml(
      "{metadata: {namespace: shop, labels: {app: web}}, spec: {serviceAccountName: "
      "default, containers: [{name: app, image: app}]}}");
  pod.at("metadata").set("name", name);
  pod.at("metadata").set("annotations", support::yaml(annotations));
  auto admitted = programs.admit(std::move(pod));
  if (!admitted) return base::describe(admitted.error());
  auto program = programs.start(*admitted, proxyFiles());
  EXPECT_TRUE(program && *program) << json::dumpPretty(*admitted);
  pods_[name] = *std::move(program);
  if (std::find(proxies_.begin(), proxies_.end(), name) == proxies_.end()) proxies_.push_back(name);
  return "";
}

rehearsal::Agent& LittleMesh::agent(const std::string& name) {
  return dynamic_cast<rehearsal::Agent&>(*pods_.at(name));
}

void LittleMesh::write(const support::TestCa& signer, const std::string& roots) {
  cacerts = {{"ca-cert.pem", signer.caCert},
             {"ca-key.pem", std::string(signer.key.pem()->reveal())},
             {"cert-chain.pem", signer.certChain},
             {"root-cert.pem", roots}};
}

void LittleMesh::mount(const std::string& onlyPod) {
  for (const auto& [name, program] : pods_) {
    if (dynamic_cast<rehearsal::Istiod*>(program.get()) == nullptr) continue;
    if (onlyPod.empty() || onlyPod == name) program->refreshed(istiodFiles());
  }
}

void LittleMesh::mountRoots() {
  for (const auto& name : proxies_) {
    if (pods_.contains(name)) pods_.at(name)->refreshed(proxyFiles());
  }
}

rehearsal::Files LittleMesh::istiodFiles() const {
  rehearsal::Files files{{"/var/run/secrets/tokens/istio-token", "a token"}};
  for (const auto& [name, bytes] : cacerts) files["/etc/cacerts/" + name] = bytes;
  return files;
}

rehearsal::Files LittleMesh::proxyFiles() const {
  return {{"/var/run/secrets/istio/root-cert.pem", configMap("shop")}};
}

std::string LittleMesh::rootsIn(const std::string& pem) const {
  std::string names;
  const auto roots = pki::certificatesAsGoReads(pem);
  for (const auto& [name, ca] : {std::pair('O', &o), {'N', &n}}) {
    if (std::find(roots.begin(), roots.end(), ca->root) != roots.end()) names += name;
  }
  return names;
}

std::string LittleMesh::state(const std::string& proxy) {
  auto port = *agent(proxy).connect(15000);
  const auto answer = port->feed("GET " + std::string(mesh::secretsPath) + " HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto secrets = mesh::parseEnvoySecrets(answer.substr(answer.find("\r\n\r\n") + 4));
  if (!secrets) return base::describe(secrets.error());
  std::string text;
  for (const auto& [name, ca] : {std::pair('O', &o), {'N', &n}}) {
    const std::vector<pki::Certificate> rest(secrets->chain.begin() + 1, secrets->chain.end());
    if (!pki::whyNotTrusted(secrets->chain.front(), rest, {ca->root}, simulation.now(),
                            pki::Purpose::tlsServerAndClient))
      text += name;
  }
  return text + ":" + rootsIn(pki::toPem(secrets->roots));
}

std::string LittleMesh::states() {
  std::string all;
  for (const auto& name : proxies_) {
    if (!pods_.contains(name)) continue;
    const auto own = state(name);
    if (!all.empty() && all != own) return "different: " + all + " and " + own;
    all = own;
  }
  return all;
}

std::string LittleMesh::configMap(const std::string& ns) const {
  const auto* found = store.find({"", "configmaps", ns, "istio-ca-root-cert"});
  return found == nullptr ? "" : std::string((*found)["data"]["root-cert.pem"].text());
}

std::string LittleMesh::caBundle() const {
  const auto* found = store.find(
      {"admissionregistration.k8s.io", "mutatingwebhookconfigurations", "", "istio-sidecar-injector"});
  std::string bundle((*found)["webhooks"].items().front()["clientConfig"]["caBundle"].text());
  return base::base64Decode(bundle).value_or("");
}

rehearsal::TrafficReport LittleMesh::traffic() {
  return programs.traffic().report();
}
