#include <gtest/gtest.h>

#include "support/test_ca.h"
#include "ui/answers.h"
#include "ui/certificates.h"
#include "ui/proxies.h"

namespace {

using support::TestCa;

/// Fingerprints and serials are random: the same text with the names of what they stand for.
std::string named(std::string text, const std::vector<std::pair<std::string, std::string>>& names) {
  for (const auto& [digits, name] : names) {
    for (std::size_t at = text.find(digits); at != std::string::npos; at = text.find(digits, at)) {
      text.replace(at, digits.size(), name);
    }
  }
  return text;
}

struct Mesh {
  TestCa oldCa = TestCa::selfSigned("cluster.local");
  TestCa newCa = TestCa::withIntermediate("new");
  trust::Observation observation;

  Mesh() {
    observation.takenAt = support::start;
    add("shop", "server-1", oldCa, {oldCa.root, newCa.root});
    add("shop", "server-2", newCa, {newCa.root});
    add("shop", "client", oldCa, {oldCa.root, newCa.root});
  }

  void add(const std::string& ns, const std::string& pod, const TestCa& ca, trust::Certificates roots) {
    trust::Proxy proxy{ns, pod, ns + pod, {"Deployment", ns, pod}};
    proxy.running = true;
    trust::ProxySecrets secrets;
    secrets.chain = ca.issue("default");
    secrets.roots = std::move(roots);
    secrets.lastUpdated = "2026-05-28T20:26:40Z";
    proxy.secrets = std::move(secrets);
    observation.proxies.push_back(std::move(proxy));
  }

  void addUnreadable(const std::string& ns, const std::string& pod, bool forbidden = false) {
    trust::Proxy proxy{ns, pod, ns + pod, {"Deployment", ns, pod}};
    proxy.running = true;
    proxy.secrets = tl::unexpected(trust::Unreadable{"port-forward to 15000: connection refused", forbidden});
    observation.proxies.push_back(std::move(proxy));
  }

  [[nodiscard]] const pki::Certificate& leaf(std::size_t i) const {
    return observation.proxies[i].secrets->leaf();
  }

  [[nodiscard]] std::string readable(const std::string& text) const {
    return named(text, {{oldCa.root.fingerprint().substr(0, 8), "OLDROOT0"},
                        {newCa.root.fingerprint().substr(0, 8), "NEWROOT0"},
                        {leaf(0).serial(), "SERIAL0"},
                        {leaf(1).serial(), "SERIAL1"},
                        {leaf(2).serial(), "SERIAL2"}});
  }
};

/// Alignment has its own tests, and serials differ in length.
std::string withoutAlignment(std::string text) {
  for (std::size_t at = text.find("   "); at != std::string::npos; at = text.find("   ")) text.erase(at, 1);
  return text;
}

TEST(ProxyTable, ShowsWhoPresentsAndTrustsWhat) {
  Mesh mesh;
  mesh.addUnreadable("ship", "broken");
  const ui::ProxyList list = ui::listProxies(mesh.observation);
  EXPECT_EQ(withoutAlignment(mesh.readable(ui::proxyTable(list, support::start, false, ui::Style(false), 0))),
            "NAMESPACE  POD  ANCHOR  ROOTS  ISSUER  SERIAL  EXPIRES\n"
            "ship  broken  unproven  -  -  -  -\n"
            "shop  client  OLDROOT0 cluster.local  OLDROOT0,NEWROOT0  cluster.local  SERIAL2  10y\n"
            "shop  server-1  OLDROOT0 cluster.local  OLDROOT0,NEWROOT0  cluster.local  SERIAL0  10y\n"
            "shop  server-2  NEWROOT0 Root new  NEWROOT0  Intermediate new  SERIAL1  10y\n"
            "\n"
            "ROOT  SUBJECT  EXPIRES  TRUSTED BY  ANCHOR OF\n"
            "OLDROOT0  O = cluster.local  10y  2 of 3  2 of 3\n"
            "NEWROOT0  O = Test, CN = Root new  10y  3 of 3  1 of 3\n");
}

TEST(ProxyTable, FitsANarrowTerminal) {
  const Mesh mesh;
  const std::string text =
      ui::proxyTable(ui::listProxies(mesh.observation), support::start, false, ui::Style(false), 80);
  std::size_t longest = 0, begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos;
       begin = end + 1, end = text.find('\n', begin)) {
    longest = std::max(longest, end - begin);
  }
  EXPECT_LE(longest, 80u) << text;
  EXPECT_NE(text.find("server-1"), std::string::npos);
}

TEST(ProxyTable, WideHasEverything) {
  const Mesh mesh;
  const std::string text =
      ui::proxyTable(ui::listProxies(mesh.observation), support::start, true, ui::Style(false), 80);
  for (const std::string& part :
       {std::string("WORKLOAD"), std::string("deployment/server-1"), std::string("2026-05-28T20:26:40Z"),
        mesh.leaf(0).fingerprint(), mesh.oldCa.root.fingerprint()}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
}

TEST(ProxyTable, NothingForNoProxies) {
  EXPECT_EQ(ui::proxyTable(ui::listProxies({}), support::start, false, ui::Style(false), 0), "");
}

TEST(VerdictText, WillBreak) {
  const Mesh mesh;
  const std::string text = mesh.readable(ui::verdictText(trust::verdict(mesh.observation), ui::Style(false)));
  EXPECT_EQ(text.rfind(
                "verdict: will break: 2 of 6 ordered pairs of 3 proxies fail a new mTLS handshake\n"
                "  shop/server-1, shop/client: refused by shop/server-2, trusting CN = Root new (NEWROOT0): ",
                0),
            0u)
      << text;
}

TEST(VerdictText, SafeAndUnproven) {
  Mesh mesh;
  mesh.observation.proxies.erase(mesh.observation.proxies.begin() + 1);
  EXPECT_EQ(ui::verdictText(trust::verdict(mesh.observation), ui::Style(false)),
            "verdict: safe: every one of 2 proxies accepts every other's certificate (2 ordered pairs)\n");
  mesh.addUnreadable("shop", "x");
  EXPECT_EQ(ui::verdictText(trust::verdict(mesh.observation), ui::Style(false)),
            "verdict: unproven: not known for 1 of 3 proxies\n"
            "  shop/x: unproven: cannot be read: port-forward to 15000: connection refused\n");
}

TEST(AnswerText, SaysWhatStandsAgainstIt) {
  using Kind = trust::Blocker::Kind;
  const trust::Answer yes{"every proxy trusts X", 3, 3, {}};
  EXPECT_EQ(ui::answerText(yes, ui::Style(false)), "every proxy trusts X: yes (3 of 3)\n");
  const trust::Answer no{"every proxy trusts X",
                         1,
                         3,
                         {{Kind::no, "shop/a", "trusts only Y"}, {Kind::unproven, "shop/b", "no answer"}}};
  EXPECT_EQ(ui::answerText(no, ui::Style(false)),
            "every proxy trusts X: no (1 of 3)\n  shop/a: trusts only Y\n  shop/b: unproven: no answer\n");
  const trust::Answer unproven{"every proxy trusts X", 2, 3, {{Kind::unproven, "shop/b", "no answer", true}}};
  EXPECT_EQ(ui::answerText(unproven, ui::Style(false)).rfind("every proxy trusts X: unproven (2 of 3)\n", 0),
            0u);
  EXPECT_EQ(
      json::dump(ui::answerJson(unproven)),
      R"({"predicate":"every proxy trusts X","yes":false,"holds":2,"of":3,"blockers":)"
      R"([{"subject":"shop/b","what":"no answer","unproven":true,"forbidden":true,"waiver":""}],"waived":[]})");
  const trust::Answer waived{
      "every proxy trusts X", 2, 3, {}, {{Kind::unproven, "shop/b", "no answer", false, "Pod/shop/b"}}};
  EXPECT_EQ(ui::answerText(waived, ui::Style(false)),
            "every proxy trusts X: yes (2 of 3)\n  shop/b: accepted by name: no answer\n");
  EXPECT_EQ(
      json::dump(ui::answerJson(waived)),
      R"({"predicate":"every proxy trusts X","yes":true,"holds":2,"of":3,"blockers":[],"waived":)"
      R"([{"subject":"shop/b","what":"no answer","unproven":true,"forbidden":false,"waiver":"Pod/shop/b"}]})");
}

TEST(ProxiesJson, RefersToCertificatesByFingerprint) {
  Mesh mesh;
  mesh.addUnreadable("ship", "broken");
  const ui::ProxyList list = ui::listProxies(mesh.observation);
  const json::Value proxies = ui::proxiesJson(list);
  ASSERT_EQ(proxies.items().size(), 4u);
  EXPECT_EQ(proxies.items()[0]["unproven"].text(), "port-forward to 15000: connection refused");
  const json::Value& server = proxies.items()[3];
  EXPECT_EQ(server["pod"].text(), "server-2");
  EXPECT_EQ(server["serial"].text(), mesh.leaf(1).serial());
  EXPECT_EQ(server["anchors"].items()[0].text(), mesh.newCa.root.fingerprint());
  EXPECT_EQ(server["roots"].items().size(), 1u);
  // Two leaves of the old CA, one of the new, the new intermediate, both roots.
  EXPECT_EQ(ui::certificatesJson(list).items().size(), 6u);
}

TEST(BriefName, TheMostTellingPart) {
  EXPECT_EQ(ui::briefName("O = Istio, CN = Root CA"), "Root CA");
  EXPECT_EQ(ui::briefName("CN = Root CA, O = Istio"), "Root CA");
  EXPECT_EQ(ui::briefName("O = cluster.local"), "cluster.local");
  EXPECT_EQ(ui::briefName("DNO = a, O = b"), "b");
  EXPECT_EQ(ui::briefName("L = somewhere"), "L = somewhere");
  EXPECT_EQ(ui::briefName(""), "(no name)");
}

}  // namespace
