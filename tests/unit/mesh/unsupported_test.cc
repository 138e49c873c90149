#include "mesh/unsupported.h"

#include <gtest/gtest.h>

#include "mesh/ca_secrets.h"
#include "mesh/opaque.h"
#include "support/data.h"

namespace {

using json::Array;
using support::yaml;

std::string codes(const mesh::UnsupportedList& list) {
  std::string all;
  for (const auto& entry : list) {
    EXPECT_FALSE(entry.message.empty() || entry.hint.empty()) << entry.code;
    all += (all.empty() ? "" : " ") + entry.code;
  }
  return all;
}

json::Value named(std::string_view rest, std::string_view ns = "shop") {
  return yaml("metadata: {namespace: " + std::string(ns) + ", name: x}\n" + std::string(rest));
}

TEST(Unsupported, RecordedMeshIsSupported) {
  const auto pods = support::jsonData("mesh/pods.json");
  EXPECT_EQ(codes(mesh::unsupportedPods(pods["items"].items(), "istio-system")), "");
  EXPECT_EQ(
      codes(mesh::unsupportedIstiods({support::jsonData("mesh/istiod_deployment.json")}, "istio-system")),
      "");
}

TEST(Unsupported, Pods) {
  const std::string proxy = "spec: {containers: [{name: istio-proxy, env: [{name: ";
  const std::vector<std::pair<std::string, std::string>> cases{
      {proxy + "CA_ADDR, value: 'istiod-v2.istio-system.svc:15012'}]}]}", ""},
      {proxy + "CA_ADDR, value: 'istiod.istio-system.svc:15012'}]}, {name: app}]}", ""},
      {proxy + "CA_ADDR, value: 'istiod.other.svc:15012'}]}]}", "foreign-ca"},
      {proxy + "CA_ADDR, value: 'cert-manager-istio-csr.cert-manager.svc:443'}]}]}", "istio-csr"},
      {proxy + "CA_PROVIDER, value: GoogleCA}]}]}", "foreign-ca"},
      {"spec: {containers: [{name: istio-proxy, args: [proxy, ztunnel]}]}", "ambient"},
      {"spec: {containers: [{name: istio-proxy, args: [proxy, ztunnel]}]}\nstatus: {phase: Failed}", ""},
  };
  for (const auto& [pod, code] : cases) {
    EXPECT_EQ(codes(mesh::unsupportedPods({named(pod)}, "istio-system")), code) << pod;
  }
}

TEST(Opaque, Pods) {
  const std::string proxy = "spec: {containers: [{name: istio-proxy, env: [{name: ";
  const std::vector<std::pair<std::string, std::string>> cases{
      {proxy + "WORKLOAD_IDENTITY_SOCKET_FILE, value: agent.sock}]}]}", "SPIRE"},
      {"spec: {containers: [{name: istio-proxy}], volumes: [{csi: {driver: csi.spiffe.io}}]}", "SPIRE"},
      {proxy + "FILE_MOUNTED_CERTS, value: 'true'}]}]}", "FILE_MOUNTED_CERTS"},
      {proxy + "FILE_MOUNTED_CERTS, value: 'false'}]}]}", ""},
      {proxy + "PROV_CERT, value: /etc/certs}]}]}", "PROV_CERT"},
      {proxy + "DISABLE_ENVOY, value: 'true'}]}]}", "proxyless"},
      {"spec: {containers: [{name: agentgateway, env: [{name: CA_ADDRESS, value: x}]}]}", "agentgateway"},
      {"spec: {containers: [{name: agentgateway}]}", ""},
      {"spec: {containers: [{name: app}], volumes: [{csi: {driver: csi.spiffe.io}}]}", ""},
      {proxy + "PROV_CERT, value: /etc/certs}]}]}\nstatus: {phase: Failed}", ""},
  };
  for (const auto& [text, reason] : cases) {
    json::Array pods{named(text)};
    const auto found = mesh::takeOpaque(pods);
    const bool failed = text.find("Failed") != std::string::npos;
    ASSERT_EQ(found.size(), reason.empty() ? 0U : 1U) << text;
    EXPECT_EQ(pods.size(), reason.empty() && !failed ? 1U : 0U) << text;
    EXPECT_EQ(codes(mesh::unsupportedPods(pods, "istio-system")), "") << text;
    if (reason.empty()) continue;
    EXPECT_EQ(found[0].kind + "/" + found[0].ns + "/" + found[0].name, "Pod/shop/x");
    EXPECT_EQ(found[0].workload, (trust::Workload{"Pod", "shop", "x"}));
    EXPECT_NE(found[0].reason.find(reason), std::string::npos) << found[0].reason;
  }
  auto grpc = named("spec: {containers: [{name: istio-proxy}]}");
  grpc.at("metadata").set("annotations", yaml("{inject.istio.io/templates: grpc-agent}"));
  json::Array pods{grpc, named("spec: {}"), grpc};
  EXPECT_EQ(mesh::takeOpaque(pods).size(), 2U) << "each by its name";
  EXPECT_EQ(pods.size(), 1U);
}

TEST(Opaque, Machines) {
  const auto count = [](std::string_view entry) { return mesh::opaqueMachines({named(entry)}).size(); };
  EXPECT_EQ(count("spec: {address: 10.0.0.1}"), 0U) << "a service outside the mesh";
  EXPECT_EQ(count("spec: {serviceAccount: vm}"), 1U);
  EXPECT_EQ(count("spec: {labels: {security.istio.io/tlsMode: istio}}"), 1U);
  EXPECT_EQ(mesh::opaqueMachines({named("spec: {serviceAccount: vm}")})[0].kind, "WorkloadEntry");
}

TEST(Unsupported, NamesTheFirstAndCountsTheOthers) {
  const auto ztunnel = named("spec: {containers: [{name: istio-proxy, args: [proxy, ztunnel]}]}");
  const auto found = mesh::unsupportedPods({ztunnel, ztunnel, ztunnel}, "istio-system");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].message.find("shop/x"), std::string::npos);
  EXPECT_NE(found[0].message.find("2 more"), std::string::npos);
}

TEST(Unsupported, Istiods) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"env: [{name: ENABLE_CA_SERVER, value: 'true'}]", ""},
      {"env: [{name: ENABLE_CA_SERVER, value: 'false'}]", "ca-server-off"},
      {"env: [{name: EXTERNAL_CA, value: ISTIOD_RA_KUBERNETES_API}]", "external-ca"},
      {"env: [{name: PILOT_CERT_PROVIDER, value: k8s.io/x}]", "cert-provider"},
      {"env: [{name: PILOT_CERT_PROVIDER, value: istiod}]", ""},
      {"env: [{name: ENABLE_CLUSTER_TRUST_BUNDLE_API, value: 'true'}]", "cluster-trust-bundle"},
      {"env: [{name: USE_CACERTS_FOR_SELF_SIGNED_CA, value: 'true'}]", "self-signed-cacerts"},
      {"env: [{name: PILOT_CA_CERT_CONFIGMAP, value: our-roots}]", "root-config-map"},
      {"env: [{name: ROOT_CA_DIR, value: /etc/ca}]", "root-ca-dir"},
      {"args: [discovery, --tlsCertFile=/x]", "serving-cert"},
  };
  for (const auto& [container, code] : cases) {
    const auto spec = "spec: {template: {spec: {containers: [{name: discovery, " + container + "}]}}}";
    EXPECT_EQ(codes(mesh::unsupportedIstiods({named(spec, "istio-system")}, "istio-system")), code)
        << container;
  }
  EXPECT_EQ(codes(mesh::unsupportedIstiods({named("spec: {}", "istio-2")}, "istio-system")),
            "several-control-planes");
}

TEST(Unsupported, Cacerts) {
  const std::vector<std::string> whole{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"};
  const auto with = [&](std::vector<std::string> more) {
    trust::CaSecret secret;
    secret.ns = "istio-system";
    secret.name = "cacerts";
    secret.keys = whole;
    for (auto& key : more) secret.keys.push_back(key);
    return secret;
  };
  EXPECT_EQ(codes(mesh::unsupportedCacerts(with({}))), "");
  EXPECT_EQ(codes(mesh::unsupportedCacerts(with({"note.txt"}))), "");
  EXPECT_EQ(codes(mesh::unsupportedCacerts(with({"istio-generated"}))), "self-signed-cacerts");
  EXPECT_EQ(codes(mesh::unsupportedCacerts(with({"tls.crt", "tls.key"}))), "cacerts-tls-layout");
  EXPECT_EQ(codes(mesh::unsupportedCacerts(with({"ca-crl.pem"}))), "cacerts-crl");
  auto immutable = with({});
  immutable.immutable = true;
  EXPECT_EQ(codes(mesh::unsupportedCacerts(immutable)), "cacerts-immutable");
  auto partial = with({});
  partial.keys = {"ca-cert.pem", "root-cert.pem"};
  const auto found = mesh::unsupportedCacerts(partial);
  ASSERT_EQ(codes(found), "cacerts-incomplete");
  EXPECT_NE(found[0].message.find("ca-key.pem, cert-chain.pem"), std::string::npos);
  auto tls = partial;
  tls.keys = {"ca.crt", "tls.crt", "tls.key"};
  EXPECT_EQ(codes(mesh::unsupportedCacerts(tls)), "cacerts-tls-layout");
}

TEST(Unsupported, ClustersAndRevisions) {
  EXPECT_EQ(codes(mesh::unsupportedRemotes({named("type: Opaque", "istio-system")})), "multicluster");
  EXPECT_EQ(codes(mesh::unsupportedRemotes({})), "");

  const auto one = named("spec: {}"), two = named("spec: {}");
  EXPECT_EQ(codes(mesh::unsupportedSail({&one}, {&one}, 1)), "");
  EXPECT_EQ(codes(mesh::unsupportedSail({&one}, {}, 1)), "");
  EXPECT_EQ(codes(mesh::unsupportedSail({&one}, {&one, &two}, 2)), "several-revisions");
  EXPECT_EQ(codes(mesh::unsupportedSail({&one}, {}, 2)), "several-revisions");
  EXPECT_EQ(codes(mesh::unsupportedSail({&one, &two}, {}, 1)), "several-control-planes");
}

}  // namespace
