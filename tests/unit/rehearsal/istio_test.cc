// Istio in the built-in mesh, against the rules of reference/istio.md.

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "little_mesh.h"
#include "mesh/serving.h"
#include "rehearsal/tokens.h"
#include "support/data.h"

namespace {

using base::Seconds;
using Setting = LittleMesh::Setting;

constexpr Seconds aWhile{30}, halfADay{static_cast<long>(12.5 * 3600)};

/// A mesh of its own CA, with proxies that have their certificates.
struct IstioTest : testing::Test {
  std::unique_ptr<LittleMesh> owner = std::make_unique<LittleMesh>();
  LittleMesh& mesh() { return *owner; }

  void begin(Setting setting = {}, int istiods = 1, int proxies = 3) {
    owner = std::make_unique<LittleMesh>(std::move(setting));
    for (int i = 1; i <= istiods; ++i) ASSERT_EQ(mesh().istiod("istiod-" + std::to_string(i)), "");
    mesh().pass(aWhile);
    for (int i = 1; i <= proxies; ++i) ASSERT_EQ(mesh().proxy("web-" + std::to_string(i)), "");
    mesh().pass(aWhile);
  }
  void write(const support::TestCa& signer, const std::string& roots) {
    mesh().write(signer, roots);
    mesh().mount();
    mesh().pass(aWhile);
  }
  /// Plugged in with O, both roots, and everything has arrived.
  void beginPlugged(Setting setting = {}, int istiods = 1, int proxies = 3) {
    begin(std::move(setting), istiods, proxies);
    mesh().write(mesh().o, o() + n());
    for (int i = 1; i <= istiods; ++i) ASSERT_EQ(mesh().istiod("istiod-" + std::to_string(i)), "");
    mesh().pass(Seconds{120});
    mesh().mountRoots();
    mesh().pass(aWhile);
  }
  std::string o() { return mesh().o.root.pem(); }
  std::string n() { return mesh().n.root.pem(); }
  std::string lastLine(const std::string& istiod) { return mesh().istiodNamed(istiod).log().back(); }
};

TEST_F(IstioTest, BeginsWithACaOfItsOwn) {
  begin();
  EXPECT_FALSE(mesh().istiodNamed("istiod-1").plugged());
  EXPECT_EQ(mesh().states(), "O:O");
  EXPECT_EQ(mesh().configMap("shop"), mesh().o.caCert);
  EXPECT_EQ(mesh().configMap("istio-system"), mesh().o.caCert);
  EXPECT_EQ(mesh().configMap("kube-public"), "");
  EXPECT_EQ(mesh().caBundle(), mesh().o.caCert);
  EXPECT_EQ(mesh().istiodNamed("istiod-1").serving().size(), 1U);
}

TEST_F(IstioTest, MakesThatCaOnce) {
  const rehearsal::Key key{"", "secrets", "istio-system", "istio-ca-secret"};
  ASSERT_TRUE(mesh().store.remove(key));
  ASSERT_EQ(mesh().istiod("istiod-1"), "");
  ASSERT_EQ(mesh().istiod("istiod-2"), "");
  const auto& one = mesh().istiodNamed("istiod-1").ca().signer;
  EXPECT_EQ(one, mesh().istiodNamed("istiod-2").ca().signer);
  EXPECT_EQ(one.subject(), "O = cluster.local");
  EXPECT_EQ(one.keyDescription(), "RSA 2048");
  EXPECT_EQ((*mesh().store.find(key))["type"].text(), "istio.io/ca-root");
}

TEST_F(IstioTest, TakesTheFirstCacertsAtARestartAlone) {
  begin();
  write(mesh().o, o() + n());
  mesh().pass(halfADay);
  EXPECT_FALSE(mesh().istiodNamed("istiod-1").plugged());
  EXPECT_EQ(mesh().states(), "O:O");
  ASSERT_EQ(mesh().istiod("istiod-1"), "");
  mesh().pass(aWhile);
  EXPECT_TRUE(mesh().istiodNamed("istiod-1").plugged());
  EXPECT_EQ(mesh().states(), "O:ON");
  EXPECT_EQ(mesh().configMap("shop"), o() + n());
  EXPECT_EQ(mesh().caBundle(), o() + n());
}

TEST_F(IstioTest, ReloadsAfterwardsAndServesAnew) {
  beginPlugged();
  const auto before = mesh().istiodNamed("istiod-1").serving().front();
  write(mesh().n, o() + n());
  const auto& serving = mesh().istiodNamed("istiod-1").serving();
  EXPECT_NE(serving.front(), before);
  EXPECT_TRUE(serving.front().signedBy(mesh().n.signer));
  EXPECT_EQ(serving.size(), 3U);  // with cert-chain.pem, which TestCa ends with the root
}

TEST_F(IstioTest, SkipsABundleOfEqualBytesAndAsksAnewForOther) {
  beginPlugged();
  EXPECT_EQ(mesh().states(), "O:ON");
  write(mesh().n, o() + n());  // another signer, the same bundle: nobody is told
  EXPECT_EQ(mesh().states(), "O:ON");
  write(mesh().n, o() + n() + n());
  EXPECT_EQ(mesh().states(), "N:ON");
  write(mesh().n, n());
  EXPECT_EQ(mesh().states(), "N:N");
}

TEST_F(IstioTest, DropsTheWholeUpdateWithoutMultiRoot) {
  beginPlugged({"1.27.1", false});
  write(mesh().n, o() + n() + n());
  EXPECT_NE(lastLine("istiod-1").find("Multi root is disabled, updating new ROOT-CA not supported"),
            std::string::npos);
  EXPECT_EQ(mesh().istiodNamed("istiod-1").ca().signer, mesh().o.signer);
  write(mesh().n, o() + n());  // the same roots: the signer is taken (istio_ca.go:354)
  EXPECT_EQ(mesh().istiodNamed("istiod-1").ca().signer, mesh().n.signer);
}

TEST_F(IstioTest, TellsTheProxiesThatListenAlone) {
  begin();
  ASSERT_EQ(mesh().proxy("deaf-1",
                         "{proxy.istio.io/config: 'proxyMetadata: {PROXY_CONFIG_XDS_AGENT: "
                         "\"false\"}'}"),
            "");
  mesh().pass(aWhile);
  mesh().write(mesh().o, o() + n());
  ASSERT_EQ(mesh().istiod("istiod-1"), "");
  mesh().pass(Seconds{120});
  EXPECT_TRUE(mesh().agent("web-1").listensForRoots());
  EXPECT_EQ(mesh().state("web-1"), "O:ON");
  EXPECT_EQ(mesh().state("deaf-1"), "O:O");
  mesh().pass(halfADay);  // with the next certificate it gets the roots too
  EXPECT_EQ(mesh().state("deaf-1"), "O:ON");
}

TEST_F(IstioTest, RenewsAtHalfALife) {
  begin();
  const auto first = mesh().agent("web-1").envoy().certificate();
  mesh().pass(Seconds{static_cast<long>(11.7 * 3600)});
  EXPECT_EQ(mesh().agent("web-1").envoy().certificate(), first);
  mesh().pass(Seconds{static_cast<long>(0.6 * 3600)});
  EXPECT_NE(mesh().agent("web-1").envoy().certificate(), first);
}

TEST(RelatedBundles, AreComparedAsBytesBefore130) {
  struct Case {
    const char *before, *after;
    bool bytes, sets;
  };
  const auto o = support::TestCa::selfSigned("O").root.pem(), n = support::TestCa::selfSigned("N").root.pem();
  const auto pem = [&](const std::string& names) {
    std::string all;
    for (const auto name : names) all += name == 'O' ? o : name == 'N' ? n : "# a comment\n";
    return all;
  };
  for (const auto& [before, after, bytes, sets] : {Case{"O", "ON", true, true},
                                                   {"ON", "ONN", true, true},
                                                   {"ONN", "N", true, true},
                                                   {"ON", "O", true, true},
                                                   {"O", "N", false, false},
                                                   {"ON", "NO", false, true},
                                                   {"O", "#O", true, true},
                                                   {"O#N", "ON", false, true}}) {
    EXPECT_EQ(rehearsal::relatedBundles(pem(before), pem(after), 29), bytes) << before << " " << after;
    EXPECT_EQ(rehearsal::relatedBundles(pem(before), pem(after), 30), sets) << before << " " << after;
  }
}

TEST_F(IstioTest, KeepsWhatItHasWhenTheNewBundleIsNotRelated) {
  for (const auto& [version, signer] : {std::pair("1.29.4", 'O'), {"1.30.0", 'N'}}) {
    beginPlugged({version});
    write(mesh().n, n() + o());
    EXPECT_EQ(mesh().istiodNamed("istiod-1").ca().signer, signer == 'O' ? mesh().o.signer : mesh().n.signer)
        << version;
  }
}

TEST_F(IstioTest, EndsAtItsStartAndKeepsItsCaLaterWhereTheSecretIsWrong) {
  struct Case {
    std::function<void(LittleMesh::Cacerts&)> spoil;
    std::string why;
    bool reloadable = false;  // is wrong only at a start
  };
  beginPlugged();
  const auto other = support::TestCa::withIntermediate("other");
  const auto key = [](const support::TestCa& ca) { return std::string(ca.key.pem()->reveal()); };
  const Case cases[] = {
      {[](auto& files) { files.erase("cert-chain.pem"); }, "incomplete signing CA bundle detected", true},
      {[](auto& files) { files.erase("root-cert.pem"); }, "incomplete signing CA bundle detected"},
      {[](auto& files) { files["ca-cert.pem"] = "nothing"; }, "failed to parse cert PEM"},
      {[](auto& files) { files["ca-key.pem"] = "nothing"; }, "failed to parse private key PEM"},
      {[&](auto& files) { files["ca-key.pem"] = key(other); }, "the cert does not match the key"},
      {[&](auto& files) {
         files["ca-cert.pem"] = files["cert-chain.pem"] = other.caCert;
         files["ca-key.pem"] = key(other);
       },
       "cannot verify the cert with the provided root chain and cert pool with error"},
  };
  for (const auto& [spoil, why, reloadable] : cases) {
    mesh().write(mesh().n, o() + n());
    spoil(mesh().cacerts);
    EXPECT_NE(mesh().istiod("istiod-2").find(why), std::string::npos) << why;
    mesh().mount();
    mesh().pass(aWhile);
    const auto& now = mesh().istiodNamed("istiod-1").ca().signer;
    EXPECT_EQ(now, reloadable ? mesh().n.signer : mesh().o.signer) << why;
    write(mesh().o, o() + n());
  }
}

TEST_F(IstioTest, OlderOnesFallBackToTheirOwnCa) {
  begin({"1.25.3"}, 0, 0);
  mesh().cacerts = {{"ca-cert.pem", mesh().n.caCert}};
  ASSERT_EQ(mesh().istiod("istiod-1"), "");
  EXPECT_FALSE(mesh().istiodNamed("istiod-1").plugged());
}

/// reference/istio.md 0.3: the roots came from one replica, the certificate from another that still signs
/// with the old key; the bytes are equal from then on.
TEST_F(IstioTest, LeavesStragglersBetweenTwoReplicas) {
  beginPlugged({}, 2, 12);
  mesh().programs.knobs().reloadDelays["istio-system/istiod-2"] = base::Millis(5'000);
  write(mesh().n, o() + n() + n());
  mesh().pass(Seconds{600});
  EXPECT_EQ(mesh().states().substr(0, 9), "different");
  mesh().pass(halfADay);
  EXPECT_EQ(mesh().states(), "N:ON");
}

TEST_F(IstioTest, MakesNoPodWithoutAnIstiodThatTheWebhookTrusts) {
  const std::string call =
      "Internal error occurred: failed calling webhook \"namespace.sidecar-injector.istio.io\": failed to "
      "call webhook: Post \"https://istiod.istio-system.svc:443/inject?timeout=10s\": ";
  EXPECT_EQ(mesh().proxy("web-1"), call + "no endpoints available for service \"istiod\"");
  begin();
  ASSERT_EQ(mesh().proxy("web-4"), "");
  const rehearsal::Key key{"admissionregistration.k8s.io", "mutatingwebhookconfigurations", "",
                           "istio-sidecar-injector"};
  auto spoilt = *mesh().store.find(key);
  auto webhooks = spoilt["webhooks"].items();
  for (auto& webhook : webhooks) webhook.at("clientConfig").set("caBundle", "");
  spoilt.set("webhooks", webhooks);
  ASSERT_TRUE(mesh().store.update(key, spoilt, "kubectl"));
  EXPECT_EQ(mesh().proxy("web-5").find(call + "tls: failed to verify certificate"), 0U);
  mesh().pass(aWhile);  // istiod has put it right
  EXPECT_EQ(mesh().proxy("web-5"), "");
}

TEST_F(IstioTest, InjectsAsTheRealOneDoes) {
  begin();
  auto pod = support::yaml(
      "{metadata: {name: web-x, namespace: shop, labels: {app: web}}, spec: {containers: [{name: app}]}}");
  const auto made = *mesh().programs.admit(pod);
  const auto& proxy = rehearsal::containerOf(made, "istio-proxy");
  EXPECT_EQ(rehearsal::envOf(proxy, "PROXY_CONFIG_XDS_AGENT"), "true");
  EXPECT_EQ(rehearsal::envOf(proxy, "CA_ADDR"), "istiod.istio-system.svc:15012");
  EXPECT_EQ(proxy["image"].text(), "docker.io/istio/proxyv2:1.27.1");
  EXPECT_EQ(proxy["restartPolicy"].text(), "Always");  // a native sidecar
  EXPECT_EQ(made["metadata"]["annotations"]["istio.io/rev"].text(), "default");
  EXPECT_EQ(made["metadata"]["annotations"]["sidecar.istio.io/status"].text().find(
                "{\"initContainers\":[\"istio-init\",\"istio-proxy\"],\"containers\":null,\"volumes\":["),
            0U);
  // What it has in common with a recorded pod: all that is injected there but what kubelet and node add.
  const auto real = support::jsonData("mesh/pods.json")["items"].items()[1];
  EXPECT_EQ(rehearsal::containerOf(real, "istio-proxy")["args"], proxy["args"]);
  EXPECT_EQ(rehearsal::containerOf(real, "istio-init")["args"],
            rehearsal::containerOf(made, "istio-init")["args"]);

  pod.at("metadata").at("labels").set("sidecar.istio.io/inject", "false");
  EXPECT_TRUE(rehearsal::containerOf(*mesh().programs.admit(pod), "istio-proxy").isNull());
}

TEST_F(IstioTest, InjectsAGateway) {
  begin();
  const auto made = *mesh().programs.admit(
      support::yaml("{metadata: {name: gateway-x, namespace: shop, labels: {app: gateway}, annotations: "
                    "{inject.istio.io/templates: gateway}}, spec: {containers: [{name: istio-proxy, image: "
                    "auto}]}}"));
  ASSERT_EQ(made["spec"]["containers"].items().size(), 1U);
  EXPECT_TRUE(made["spec"]["initContainers"].items().empty());
  const auto& proxy = made["spec"]["containers"].items().front();
  EXPECT_EQ(proxy["image"].text(), "docker.io/istio/proxyv2:1.27.1");
  EXPECT_EQ(proxy["args"].items()[1].text(), "router");
}

/// The CA client keeps its old pool until a request fails, then it is made anew (citadel/client.go:93-105).
TEST_F(IstioTest, AsksAgainWithTheRootsThatAreMounted) {
  beginPlugged();
  write(mesh().n, o() + n());
  ASSERT_EQ(mesh().istiod("istiod-1"), "");  // all connect anew, to one whose certificate is N's
  mesh().pass(halfADay);
  EXPECT_EQ(mesh().states(), "N:ON");
}

TEST_F(IstioTest, DoesNotTrustAnIstiodWhoseRootIsNotMounted) {
  begin();
  mesh().write(mesh().n, n());
  ASSERT_EQ(mesh().istiod("istiod-1"), "");  // the proxies have O mounted, and stay with what they have
  mesh().pass(halfADay);
  EXPECT_EQ(mesh().states(), "O:O");
  mesh().mountRoots();
  mesh().pass(Seconds{300});
  EXPECT_EQ(mesh().states(), "N:N");
}

TEST_F(IstioTest, CountsHandshakesThatFail) {
  begin({}, 1, 4);
  mesh().programs.traffic().begin();
  mesh().pass(Seconds{60});
  const auto before = mesh().traffic();
  EXPECT_GE(before.tried, 12);
  EXPECT_EQ(before.failed, 0);
  // By the book, without waiting: the signer changes while some do not trust it yet.
  ASSERT_EQ(mesh().proxy("late-1",
                         "{proxy.istio.io/config: 'proxyMetadata: {PROXY_CONFIG_XDS_AGENT: "
                         "\"false\"}'}"),
            "");
  mesh().pass(aWhile);
  mesh().write(mesh().o, o() + n());
  ASSERT_EQ(mesh().istiod("istiod-1"), "");
  mesh().pass(aWhile);
  write(mesh().n, o() + n() + n());
  const auto after = mesh().traffic();
  EXPECT_GT(after.failed, 0);
  ASSERT_FALSE(after.first.empty());
  const auto& first = after.first.front();
  EXPECT_TRUE(first.client == "shop/late-1" || first.server == "shop/late-1");
  const std::string_view reason = "certificate: unable to get local issuer certificate";
  EXPECT_TRUE(first.why.ends_with("does not trust the client's " + std::string(reason)) ||
              first.why.ends_with("does not trust the server's " + std::string(reason)))
      << first.why;
}

TEST_F(IstioTest, RotatesWithoutAFailedHandshakeBehindGates) {
  begin({}, 2, 6);
  mesh().programs.traffic().begin();
  mesh().write(mesh().o, o() + n());
  for (const auto* name : {"istiod-1", "istiod-2"}) {
    ASSERT_EQ(mesh().istiod(name), "");
    mesh().pass(aWhile);
  }
  mesh().pass(Seconds{120});
  mesh().mountRoots();
  ASSERT_EQ(mesh().states(), "O:ON");
  write(mesh().n, o() + n());
  write(mesh().n, o() + n() + n());
  ASSERT_EQ(mesh().states(), "N:ON");
  write(mesh().n, n());
  ASSERT_EQ(mesh().states(), "N:N");
  EXPECT_GE(mesh().traffic().tried, 100);
  EXPECT_EQ(mesh().traffic().failed, 0);
}

TEST_F(IstioTest, GivesTheFaultsThatAreAskedFor) {
  beginPlugged();
  auto& knobs = mesh().programs.knobs();
  knobs.deafAgents.add("shop/web-1");
  knobs.idleAgents.add("shop/web-2");
  knobs.silentProxies.add("shop/web-3");
  knobs.stubbornIstiods.add("istio-system/istiod-1");
  write(mesh().n, o() + n() + n());
  EXPECT_EQ(mesh().state("web-1"), "O:ON");
  knobs.stubbornIstiods.clear();
  write(mesh().n, o() + n() + n() + n());
  EXPECT_EQ(mesh().state("web-1"), "O:ON");
  EXPECT_EQ(mesh().state("web-2"), "O:ON");
  EXPECT_EQ((*mesh().agent("web-3").connect(15000))->feed("GET / HTTP/1.1\r\n\r\n"), "");
  EXPECT_FALSE(mesh().agent("web-3").execute("istio-proxy", {"pilot-agent", "request", "GET", "ready"}));
  knobs.failingIstiods.add("istio-system/istiod-2");
  EXPECT_NE(mesh().istiod("istiod-2"), "");
  knobs.withoutSetting.add("shop/web");
  ASSERT_EQ(mesh().proxy("web-9"), "");
  EXPECT_FALSE(mesh().agent("web-9").listensForRoots());
}

TEST_F(IstioTest, AnswersCommandsInItsContainer) {
  begin();
  auto& agent = mesh().agent("web-1");
  EXPECT_EQ(agent.execute("istio-proxy", {"cat", "/var/run/secrets/istio/root-cert.pem"})->out,
            mesh().o.caCert);
  EXPECT_EQ(agent.execute("istio-proxy", {"cat", "/none"})->err, "cat: /none: No such file or directory\n");
  EXPECT_EQ(
      agent.execute("istio-proxy", {"pilot-agent", "request", "GET", "nonsense"})->out.find("invalid path"),
      0U);
  EXPECT_FALSE(agent.execute("istio-proxy", {"sh"}));
  EXPECT_FALSE(agent.connect(15001));
}

/// As the plugin asks: over TLS, with a service account's token.
trust::Istiod ask(LittleMesh& mesh, const std::string& token) {
  trust::Istiod read;
  mesh::CsrTerms terms{base::Secret(std::string(token)), {mesh.o.root, mesh.n.root}, mesh.simulation.now()};
  mesh::SecurePort client("istiod.istio-system.svc", terms);
  auto port = *mesh.istiodNamed("istiod-1").connect(15012);
  auto sending = client.onOpen();
  while (!sending.empty() && !client.done()) {
    auto next = client.onBytes(port->feed(sending));
    EXPECT_TRUE(next) << base::describe(next.error());
    sending = next.value_or("");
  }
  read.serving = client.chain({});
  read.issued = client.issued({});
  return read;
}

TEST_F(IstioTest, SignsForWhoShowsAToken) {
  beginPlugged();
  const auto now = mesh().simulation.now();
  const rehearsal::TokenClaims good{"istio-system", "default", {"istio-ca"}, now, now + Seconds{600}};
  const auto read = ask(mesh(), rehearsal::makeToken(good));
  ASSERT_TRUE(read.serving) << read.serving.error().reason;
  EXPECT_EQ(read.serving->front(), mesh().istiodNamed("istiod-1").serving().front());
  ASSERT_TRUE(read.issued) << read.issued.error().reason;
  EXPECT_TRUE(read.issued->chain.front().signedBy(mesh().o.signer));
  EXPECT_EQ(read.issued->bundle, o() + n());
  EXPECT_EQ(read.issued->chain.front().uris(),
            std::vector<std::string>{"spiffe://cluster.local/ns/istio-system/sa/default"});

  std::vector<rehearsal::TokenClaims> bad(3, good);
  bad[0].audiences = {"other"};
  bad[1].expires = now;
  bad[2].account = "nobody";
  std::vector<std::string> tokens{"e30.e30.e30"};
  for (const auto& claims : bad) tokens.push_back(rehearsal::makeToken(claims));
  for (const auto& token : tokens) {
    const auto refused = ask(mesh(), token);
    ASSERT_FALSE(refused.issued);
    EXPECT_NE(refused.issued.error().reason.find("request authenticate failure"), std::string::npos);
  }
}

}  // namespace
