#include "trust/invariants.h"

#include <gtest/gtest.h>

#include "pki/pem.h"
#include "support/tiny_mesh.h"

namespace {

using support::TestCa;
using trust::Observation;

/// A mesh in the middle of a rotation: both roots everywhere, the old CA signs from cacerts, all of it read.
struct Middle {
  Middle() {
    const auto both = oldCa.root.pem() + newCa.root.pem();
    trust::CaSecret secret{"istio-system", "cacerts", "Opaque", "uid", "7"};
    secret.caCert = secret.certChain = oldCa.caCert;
    secret.rootCert = both;
    secret.keyFingerprint = oldCa.key.fingerprint();
    mesh.takenAt = support::start;
    mesh.cacerts = std::optional(secret);
    trust::CaSecret own{"istio-system", "istio-ca-secret", "istio.io/ca-root", "uid", "1"};
    own.caCert = own.rootCert = oldCa.caCert;
    mesh.selfSigned = std::optional(own);
    const trust::Certificates roots{oldCa.root, newCa.root};
    for (const auto* name : {"istiod-a", "istiod-b"}) {
      trust::Istiod istiod{"istio-system", name, name, "istiod", "default"};
      istiod.serving = oldCa.serve(true);
      istiod.issued = trust::Issued{oldCa.issue("default"), both};
      mesh.istiods.push_back(istiod);
    }
    using Kind = trust::Distribution::Kind;
    mesh.distribution = {{Kind::configMap, "shop", roots}, {Kind::mutatingWebhook, "injector", roots}};
    for (const auto* name : {"client-1", "server-1"}) {
      trust::Proxy proxy;
      proxy.ns = "shop";
      proxy.pod = name;
      proxy.running = true;
      proxy.secrets = trust::ProxySecrets{oldCa.issue(name), roots};
      proxy.mounted = roots;
      mesh.proxies.push_back(proxy);
    }
  }
  TestCa oldCa = TestCa::selfSigned("cluster.local"), newCa = TestCa::withIntermediate("new");
  Observation mesh;
};

struct InvariantCase {
  const char* name;
  void (*spoil)(Middle&);
  std::string broken;  // the invariants that do not hold any more
  const char* says;    // of a blocker
  trust::Blocker::Kind kind = trust::Blocker::Kind::no;
};

class InvariantsTest : public testing::TestWithParam<InvariantCase> {};

TEST_P(InvariantsTest, ThoseAndNoOthersStopHolding) {
  Middle at;
  GetParam().spoil(at);
  trust::Judge judge(at.mesh);
  std::string broken;
  bool said = std::string_view(GetParam().says).empty();
  for (const auto& invariant : trust::invariants(judge)) {
    if (!invariant.answer.yes()) broken += std::string(invariant.code) + " ";
    for (const auto& blocker : invariant.answer.blockers) {
      EXPECT_EQ(blocker.kind, GetParam().kind) << blocker.subject << ": " << blocker.what;
      said = said || (blocker.subject + ": " + blocker.what).find(GetParam().says) != std::string::npos;
    }
  }
  EXPECT_EQ(broken, GetParam().broken);
  EXPECT_TRUE(said) << GetParam().says;
}

constexpr auto unproven = trust::Blocker::Kind::unproven;
const trust::Unreadable lost{"connection refused"};

INSTANTIATE_TEST_SUITE_P(
    Readings, InvariantsTest,
    testing::Values(
        InvariantCase{"Whole", [](Middle&) {}, "", ""},
        InvariantCase{"LeafOfTheNewCaIsFine",
                      [](Middle& at) { at.mesh.proxies[0].secrets->chain = at.newCa.issue("client"); }, "",
                      ""},
        InvariantCase{"LeafNobodyTrusts",
                      [](Middle& at) {
                        at.mesh.proxies[0].secrets->chain = TestCa::selfSigned("other").issue("client");
                      },
                      "I1 I3 ", "shop/client-1: is refused by shop/"},
        InvariantCase{"ProxyLacksTheNewRootWhileALeafIsOfIt",
                      [](Middle& at) {
                        at.mesh.proxies[0].secrets->chain = at.newCa.issue("client");
                        at.mesh.proxies[1].secrets->roots.pop_back();
                      },
                      "I1 ", "shop/client-1: is refused by shop/server-1, which trusts O = cluster.local"},
        InvariantCase{"SignerThatAProxyDoesNotTrust",
                      [](Middle& at) {
                        at.mesh.istiods[1].serving = at.newCa.serve(true);
                        at.mesh.istiods[1].issued->chain = at.newCa.issue("default");
                        at.mesh.proxies[1].secrets->roots.pop_back();
                      },
                      "I2 ", "istiod istio-system/istiod-b: is refused by shop/server-1"},
        InvariantCase{"IssuesWhatItDoesNotServe",  // its serving certificate is older than its signer
                      [](Middle& at) {
                        at.mesh.istiods[1].issued->chain = TestCa::selfSigned("other").issue("default");
                      },
                      "I2 ", "istiod-b"},
        InvariantCase{"BundleWithoutTheOldRoot",
                      [](Middle& at) { at.mesh.istiods[0].issued->bundle = at.newCa.root.pem(); }, "I3 ",
                      "is refused by what istiod istio-system/istiod-a hands out"},
        InvariantCase{"BundleThatIsNotKnown",
                      [](Middle& at) { at.mesh.istiods[0].issued = tl::unexpected(lost); }, "I3 ",
                      "has not loaded the CA secret", unproven},
        InvariantCase{"ConfigMapWithoutTheServersRoot",
                      [](Middle& at) { at.mesh.distribution[0].roots = trust::Certificates{at.newCa.root}; },
                      "I4 ", "is refused by config map shop/istio-ca-root-cert"},
        InvariantCase{"WebhookThatCannotBeRead",
                      [](Middle& at) { at.mesh.distribution[1].roots = tl::unexpected(lost); }, "I4 ",
                      "mutating webhook injector", unproven},
        InvariantCase{"MountFromBefore",
                      [](Middle& at) {
                        at.mesh.istiods[0].serving = at.newCa.serve(true);
                        at.mesh.proxies[0].mounted = trust::Certificates{at.oldCa.root};
                      },
                      "I4 ", "is refused by the agent of shop/client-1"},
        InvariantCase{"SecretIsGone", [](Middle& at) { at.mesh.cacerts->reset(); }, "I5 ", "is gone"},
        InvariantCase{"SecretWithAnotherKey", [](Middle& at) { (**at.mesh.cacerts).keyFingerprint = "x"; },
                      "I5 ", "ca-key.pem does not belong to ca-cert.pem"},
        InvariantCase{"SecretWithAnotherChain",
                      [](Middle& at) { (**at.mesh.cacerts).certChain = at.newCa.root.pem(); }, "I5 ",
                      "cert-chain.pem does not hold ca-cert.pem"},
        InvariantCase{"SecretWithoutItsRoot",
                      [](Middle& at) { (**at.mesh.cacerts).rootCert = at.newCa.root.pem(); }, "I5 ",
                      "does not verify with root-cert.pem"},
        InvariantCase{"SecretThatCannotBeRead", [](Middle& at) { at.mesh.cacerts = tl::unexpected(lost); },
                      "I5 ", "secret istio-system/cacerts", unproven},
        InvariantCase{"ProxyThatCannotBeRead",
                      [](Middle& at) { at.mesh.proxies[0].secrets = tl::unexpected(lost); }, "I1 ",
                      "shop/client-1", unproven},
        InvariantCase{"IstiodThatCannotBeRead",
                      [](Middle& at) { at.mesh.istiods[0].serving = tl::unexpected(lost); }, "I2 I4 ",
                      "istiod-a", unproven},
        InvariantCase{
            "MachineThatCannotBeRead",
            [](Middle& at) { at.mesh.opaque.push_back({"WorkloadEntry", "shop", "vm-1", {}, "a machine"}); },
            "I1 ", "WorkloadEntry shop/vm-1", unproven},
        InvariantCase{"KindThatCannotBeListed",
                      [](Middle& at) { at.mesh.unlisted.push_back({"namespaces", lost}); }, "I1 ",
                      "namespaces", unproven}),
    [](const auto& test) { return test.param.name; });

TEST(InvariantsTest, WhatIsWaivedIsNamedAndBlocksNothing) {
  Middle at;
  at.mesh.proxies[0].secrets = tl::unexpected(lost);
  at.mesh.proxies[0].workload = {"Deployment", "shop", "client"};
  at.mesh.istiods[0].serving = tl::unexpected(lost);
  trust::Judge judge(at.mesh, {"Deployment/shop/client", "Pod/istio-system/istiod-a"});
  std::size_t waived = 0;
  for (const auto& invariant : trust::invariants(judge)) {
    EXPECT_TRUE(invariant.answer.yes()) << invariant.code;
    waived += invariant.answer.waived.size();
  }
  EXPECT_EQ(waived, 3U);  // the proxy in I1, the istiod in I2 and I4
}

TEST(InvariantsTest, WhatWasReadIsNotWaived) {
  Middle at;
  at.mesh.proxies[0].secrets->chain = TestCa::selfSigned("other").issue("client");
  EXPECT_FALSE(trust::Judge(at.mesh, {"Pod/shop/client-1"}).everyPairWorks().yes());
}

}  // namespace
