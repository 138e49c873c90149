#include <gtest/gtest.h>

#include "base/text.h"
#include "kube/redact.h"
#include "mesh/ca_secrets.h"
#include "mesh/changes.h"
#include "mesh/distribution.h"
#include "support/data.h"
#include "support/test_ca.h"

namespace {

using json::Value;
using support::TestCa;
using support::yaml;

Value secretObject(const std::string& name, const TestCa& ca, const std::string& bundle) {
  const auto key = *ca.key.pem();
  return Value::object(
      {{"metadata", yaml("{namespace: istio-system, name: " + name +
                         ", uid: u, resourceVersion: '7', creationTimestamp: '2026-01-01T00:00:00Z'}")},
       {"type", "Opaque"},
       {"data", Value::object({{"ca-cert.pem", base::base64Encode(ca.caCert)},
                               {"ca-key.pem", base::base64Encode(key.reveal())},
                               {"cert-chain.pem", base::base64Encode(ca.certChain)},
                               {"root-cert.pem", base::base64Encode(bundle)}})}});
}

TEST(CaSecrets, ReadsTheFilesAndKeepsTheKeyApart) {
  const auto ca = TestCa::withIntermediate("N");
  auto object = secretObject("cacerts", ca, ca.root.pem());
  object.at("metadata").set("annotations", yaml("{istio-ca/triggers: '1', other: x}"));
  const auto read = mesh::readCaSecret(object);
  EXPECT_EQ(read.secret.caCert, ca.caCert);
  EXPECT_EQ(read.secret.certChain, ca.certChain);
  EXPECT_EQ(read.secret.rootCert, ca.root.pem());
  EXPECT_EQ(read.secret.keyFingerprint, ca.signer.keyFingerprint());
  EXPECT_EQ(read.secret.resourceVersion, "7");
  EXPECT_EQ(read.secret.keys,
            (std::vector<std::string>{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}));
  EXPECT_EQ(read.secret.annotations, (std::map<std::string, std::string>{{"istio-ca/triggers", "1"}}));
  EXPECT_EQ(read.key.reveal(), ca.key.pem()->reveal());
  EXPECT_TRUE(read.secret.owners.empty());

  const auto same = mesh::readCaSecret(secretObject("cacerts", ca, ca.root.pem()));
  const auto longer = mesh::readCaSecret(secretObject("cacerts", ca, ca.root.pem() + ca.root.pem()));
  EXPECT_EQ(read.secret.content, same.secret.content) << "annotations are no content";
  EXPECT_NE(read.secret.content, longer.secret.content);
}

TEST(CaSecrets, SelfSignedOneIsItsOwnRoot) {
  // Recorded, its key taken out.
  const auto read = mesh::readCaSecret(support::jsonData("mesh/istio_ca_secret.json"));
  EXPECT_EQ(read.secret.type, "istio.io/ca-root");
  EXPECT_FALSE(read.secret.caCert.empty());
  EXPECT_EQ(read.secret.rootCert, read.secret.caCert);
  EXPECT_TRUE(read.secret.certChain.empty() && read.secret.keyFingerprint.empty() && read.key.empty());
  EXPECT_EQ(read.secret.lastWritten, *base::parseTime("2026-11-24T01:13:18Z"));
  EXPECT_TRUE(read.secret.owners.empty()) << "pilot-discovery made it";
}

TEST(CaSecrets, LastWriteIsOfTheData) {
  const auto metadata = yaml(R"(
creationTimestamp: '2026-01-01T00:00:00Z'
managedFields:
- {manager: kubectl-create, time: '2026-01-02T00:00:00Z', fieldsV1: {'f:data': {'.': {}}}}
- {manager: kubectl-istio-ca, time: '2026-01-03T00:00:00Z', fieldsV1: {'f:data': {'f:root-cert.pem': {}}}}
- {manager: kubectl-annotate, time: '2026-01-04T00:00:00Z', fieldsV1: {'f:metadata': {}}}
)");
  EXPECT_EQ(mesh::dataWrittenAt(metadata), *base::parseTime("2026-01-03T00:00:00Z"));
  EXPECT_EQ(mesh::dataWrittenAt(yaml("{creationTimestamp: '2026-01-01T00:00:00Z'}")),
            *base::parseTime("2026-01-01T00:00:00Z"));
  EXPECT_EQ(mesh::dataWrittenAt(yaml("{}")), std::nullopt);
}

TEST(CaSecrets, NamesOtherOwners) {
  const auto owners = mesh::ownersOf(yaml(R"(
ownerReferences: [{kind: ExternalSecret, name: cacerts}]
annotations: {argocd.argoproj.io/tracking-id: x}
labels: {kustomize.toolkit.fluxcd.io/name: y}
managedFields:
- {manager: external-secrets, fieldsV1: {'f:data': {}}}
- {manager: kubectl-client-side-apply, fieldsV1: {'f:data': {}}}
)"));
  EXPECT_EQ(owners, (std::vector<std::string>{
                        "ExternalSecret cacerts", "Flux (kustomize.toolkit.fluxcd.io/name)",
                        "Argo CD (argocd.argoproj.io/tracking-id)", "field manager external-secrets"}));
}

TEST(Changes, BackupHoldsTheOldCaAndIsFoundAgain) {
  const auto ca = TestCa::selfSigned("cluster.local");
  const auto source = mesh::readCaSecret(secretObject("istio-ca-secret", ca, ""));
  const auto write = mesh::createBackup(source.secret, ca.signer.fingerprint(), source.secret.rootCert,
                                        source.key, support::start);
  EXPECT_TRUE(write.secret);
  EXPECT_EQ(write.body["immutable"].boolean(), true);
  EXPECT_EQ(write.body["metadata"]["labels"][mesh::backupLabel].text(), "true");
  const auto backup = mesh::readCaSecret(write.body);
  EXPECT_EQ(backup.secret.name, "istio-ca-rotation-backup-" + ca.signer.fingerprint().substr(0, 16));
  EXPECT_EQ(backup.secret.caCert, ca.caCert);
  EXPECT_EQ(backup.secret.rootCert, ca.caCert);
  EXPECT_EQ(backup.secret.keyFingerprint, ca.signer.keyFingerprint());
  EXPECT_EQ(kube::describe(write).find("PRIVATE KEY"), std::string::npos);
}

TEST(Changes, UpdateIsAtOneVersionAndStripsTheOldKey) {
  const auto ca = TestCa::withIntermediate("N");
  mesh::CacertsChange change;
  change.resourceVersion = "42";
  change.rootCert = "roots";
  change.annotations = {{"istio-ca/triggers", ""}, {"istio-ca/served-before", "u=1"}};
  const auto rootsOnly = mesh::updateCacerts("istio-system", change, {});
  EXPECT_EQ(rootsOnly.method, "PATCH");
  EXPECT_EQ(rootsOnly.contentType, "application/merge-patch+json");
  const auto& metadata = rootsOnly.body["metadata"];
  EXPECT_EQ(metadata["resourceVersion"].text(), "42");
  EXPECT_EQ(metadata["annotations"]["istio-ca/served-before"].text(), "u=1");
  for (const auto* removed : {"istio-ca/triggers", "kubectl.kubernetes.io/last-applied-configuration"}) {
    EXPECT_TRUE(metadata["annotations"].has(removed) && metadata["annotations"][removed].isNull()) << removed;
  }
  EXPECT_EQ(rootsOnly.body["data"].members().size(), 1U) << "the signer is not touched";

  change.rootCert.reset();
  change.signer = mesh::CaContent{ca.caCert, ca.certChain, "not looked at"};
  const auto signerOnly = mesh::updateCacerts("istio-system", change, *ca.key.pem());
  EXPECT_FALSE(signerOnly.body["data"].has("root-cert.pem"));
  EXPECT_EQ(signerOnly.body["data"].members().size(), 3U);
}

TEST(Changes, MeshConfigIsTestedBeforeItIsReplaced) {
  const auto write = mesh::enableInMeshConfig({"istio-system", "istio", "5", "trustDomain: a\n", false});
  ASSERT_TRUE(write) << base::describe(write.error());
  EXPECT_EQ(write->contentType, "application/json-patch+json");
  ASSERT_EQ(write->body.items().size(), 2U);
  EXPECT_EQ(write->body.items()[0]["op"].text(), "test");
  EXPECT_EQ(write->body.items()[0]["value"].text(), "trustDomain: a\n");
  EXPECT_EQ(write->body.items()[1]["path"].text(), "/data/mesh");
  EXPECT_FALSE(mesh::restartWorkload({"Job", "shop", "once"}, support::start));
}

TEST(Distribution, ConfigMapsOfMeshedNamespaces) {
  auto shop = support::jsonData("mesh/root_config_map.json");
  auto broken =
      yaml("{metadata: {namespace: broken, name: istio-ca-root-cert}, data: {root-cert.pem: '-----BEGIN'}}");
  const auto read = mesh::configMapsOf({"broken", "empty", "missing", "shop"},
                                       {shop, broken, yaml("{metadata: {namespace: unmeshed}, data: {}}"),
                                        yaml("{metadata: {namespace: empty}, data: {}}")});
  ASSERT_EQ(read.size(), 4U);
  EXPECT_FALSE(read[0].roots);
  ASSERT_TRUE(read[1].roots);
  EXPECT_TRUE(read[1].roots->empty());
  ASSERT_FALSE(read[2].roots);
  EXPECT_EQ(read[2].roots.error().reason, "missing");
  ASSERT_TRUE(read[3].roots);
  EXPECT_EQ(read[3].roots->at(0).subject(), "O = cluster.local");
}

TEST(Distribution, WebhooksThatCallAnIstiodOfThisNamespace) {
  auto recorded = support::jsonData("mesh/mutating_webhook.json");
  const auto foreign = yaml(
      "{metadata: {name: other}, webhooks: [{clientConfig: {service: {name: cert-manager, namespace: "
      "cm}}}]}");
  const auto fresh = yaml(
      "{metadata: {name: fresh}, webhooks: [{clientConfig: {service: {name: istiod-v2, namespace: "
      "istio-system}}}]}");
  const auto read = mesh::webhooksOf(trust::Distribution::Kind::mutatingWebhook, {recorded, foreign, fresh},
                                     "istio-system");
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].name, "istio-sidecar-injector");
  ASSERT_TRUE(read[0].roots);
  EXPECT_EQ(read[0].roots->size(), 1U);
  ASSERT_TRUE(read[1].roots);
  EXPECT_TRUE(read[1].roots->empty()) << "no istiod has filled it in yet";

  auto entries = recorded["webhooks"].items();
  entries[0].at("clientConfig").set("caBundle", base::base64Encode(support::data("pki/unusual.pem")));
  recorded.set("webhooks", entries);
  const auto differing =
      mesh::webhooksOf(trust::Distribution::Kind::mutatingWebhook, {recorded}, "istio-system");
  ASSERT_FALSE(differing[0].roots);
  EXPECT_EQ(mesh::webhooksOf(trust::Distribution::Kind::mutatingWebhook, {recorded}, "elsewhere").size(), 0U);
}

TEST(Distribution, InjectionLabels) {
  for (const auto& [labels, meshed] : {std::pair("{}", false),
                                       {"{istio-injection: enabled}", true},
                                       {"{istio-injection: disabled}", false},
                                       {"{istio.io/rev: v2}", true},
                                       {"{istio.io/dataplane-mode: ambient}", true}}) {
    EXPECT_EQ(mesh::wantsInjection(yaml(std::string("metadata: {name: x, labels: ") + labels + "}")), meshed)
        << labels;
  }
}

}  // namespace
