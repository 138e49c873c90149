#include "mesh/observe.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mesh/observation_json.h"
#include "support/fake_istiod.h"
#include "unit/mesh/recorded_mesh.h"

namespace {

using json::Value;
using namespace recorded_mesh;

TEST(Observe, ReadsARecordedMesh) {
  auto api = recorded();
  const auto reading = observe(api);
  ASSERT_TRUE(reading) << base::describe(reading.error());
  const auto& mesh = reading->observation;
  EXPECT_EQ(mesh.installation.kind, trust::InstallationKind::sail);
  EXPECT_EQ(mesh.installation.istioName, "default");
  EXPECT_TRUE(mesh.installation.istioReady);
  EXPECT_FALSE(mesh.installation.istioMultiRoot || mesh.installation.istioXdsAgent);
  ASSERT_EQ(mesh.installation.meshConfigs.size(), 1U);
  EXPECT_EQ(mesh.istiodDeployments.size(), 1U);
  ASSERT_EQ(mesh.istiods.size(), 1U);
  EXPECT_FALSE(mesh.istiods[0].serving) << "nothing answers on 15012 here";
  ASSERT_TRUE(mesh.cacerts);
  EXPECT_FALSE(*mesh.cacerts) << "there is none, which is not the same as not having read it";
  ASSERT_TRUE(mesh.selfSigned && *mesh.selfSigned);
  EXPECT_TRUE(mesh.backups && mesh.backups->empty());
  EXPECT_EQ(mesh.distribution.size(), 2U);
  ASSERT_EQ(mesh.proxies.size(), 4U);
  for (const auto& proxy : mesh.proxies)
    EXPECT_TRUE(proxy.secrets) << proxy.pod << ": " << proxy.secrets.error().reason;
  EXPECT_TRUE(mesh.unsupported.empty());
  EXPECT_TRUE(mesh.unlisted.empty());
  EXPECT_EQ(mesh.server, "https://fake:6443");
  EXPECT_TRUE(api.written.empty());
}

TEST(Observe, SaysWhyAnIstiodIsNotAskedForACertificate) {
  const std::string configMaps = "/api/v1/configmaps?fieldSelector=metadata.name%3Distio-ca-root-cert";
  const std::string token = "POST " + istioSystem + "/serviceaccounts/default/token";
  const auto withRoots = [&](FakeApi& api) {
    auto configMap = support::jsonData("mesh/root_config_map.json");
    configMap.at("metadata").set("namespace", "istio-system");
    api.items(configMaps, {configMap});
  };
  const auto reasonWith = [&](bool wanted, auto change) {
    auto api = recorded();
    change(api);
    test::FakeClock clock;
    mesh::ObserveOptions options;
    options.directProof = wanted;
    const auto reading = mesh::observe(api, clock, options);
    EXPECT_TRUE(reading);
    const auto& issued = reading->observation.istiods.front().issued;
    EXPECT_FALSE(issued);
    return std::to_string(api.written.size()) + (issued.error().forbidden ? " forbidden " : " ") +
           issued.error().reason;
  };
  EXPECT_EQ(reasonWith(false, withRoots), "0 not asked");
  EXPECT_EQ(
      reasonWith(true, [](FakeApi&) {}),
      "0 not asked: config map istio-system/istio-ca-root-cert, which istiod is verified with, is not read");
  EXPECT_EQ(reasonWith(true,
                       [&](FakeApi& api) {
                         withRoots(api);
                         api.answer(token, base::fail(support::refused("create token")));
                       }),
            "1 forbidden create token: not allowed");
  EXPECT_EQ(reasonWith(true,
                       [&](FakeApi& api) {
                         withRoots(api);
                         api.answer(token, yaml("{status: {token: t}}"));
                       })
                .substr(0, 15),
            "1 port-forward ");
}

TEST(Observe, AsksAnIstiodForACertificateAndKeepsItWhileItIsValid) {
  const auto ca = support::TestCa::withIntermediate("N");
  const support::FakeIstiod istiod{.ca = ca, .bundle = ca.root.pem()};
  for (const int late : {0, 60, 61, 90}) {  // our clock, ahead of its
    auto api = recorded();
    auto configMap = support::jsonData("mesh/root_config_map.json");
    configMap.at("metadata").set("namespace", "istio-system");
    configMap.at("data").set("root-cert.pem", ca.root.pem());
    api.items("/api/v1/configmaps?fieldSelector=metadata.name%3Distio-ca-root-cert", {configMap});
    api.answer("POST " + istioSystem + "/serviceaccounts/default/token", yaml("{status: {token: t}}"));
    std::vector<net::Http2Server::Request> seen;
    for (const auto& pod : recordedPods()) {
      const std::string ns(pod["metadata"]["namespace"].text()), name(pod["metadata"]["name"].text());
      api.stream("forwards/" + ns + "/" + name + ":15012", istiod.stream(seen));
    }
    test::FakeClock clock(support::start + base::Seconds{late});
    mesh::ObserveOptions options;
    options.directProof = true;
    const auto reading = mesh::observe(api, clock, options);
    ASSERT_TRUE(reading);
    const auto& read = reading->observation.istiods.front();
    ASSERT_TRUE(read.serving);
    EXPECT_EQ(seen.size(), 1U);
    ASSERT_EQ(bool(read.issued), late <= 60) << read.issued.error().reason;
    if (read.issued) {
      EXPECT_TRUE(read.issued->chain.front().signedBy(ca.signer));
    } else {
      EXPECT_NE(read.issued.error().reason.find("is not valid now"), std::string::npos);
    }
  }
}

TEST(Observe, FallsBackToExecAndNamesBothReasonsWhereThatFailsToo) {
  auto api = recorded();
  for (const auto& pod : {server1, server2})
    api.stream("forwards/shop/" + pod + ":15000", support::forbidden());
  api.stream("execs/shop/" + server1, support::printing(support::data("envoy/masked.json")));
  const auto reading = observe(api);
  ASSERT_TRUE(reading);
  EXPECT_TRUE(find(reading->observation, server1)->secrets);
  const auto& unread = *find(reading->observation, server2);
  ASSERT_FALSE(unread.secrets);
  EXPECT_TRUE(unread.secrets.error().forbidden);
  EXPECT_NE(unread.secrets.error().reason.find("port-forward"), std::string::npos)
      << unread.secrets.error().reason;
  EXPECT_NE(unread.secrets.error().reason.find("exec"), std::string::npos) << unread.secrets.error().reason;
}

TEST(Observe, AnExecThatPrintsAnErrorIsNoReading) {
  auto api = recorded();
  api.stream("forwards/shop/" + server1 + ":15000", support::forbidden());
  api.stream("execs/shop/" + server1, support::printing("no healthy upstream"));
  const auto reading = observe(api);
  ASSERT_TRUE(reading);
  EXPECT_FALSE(find(reading->observation, server1)->secrets);
}

TEST(Observe, APodThatWentAwayMeanwhileIsNotInIt) {
  const auto goneBy = [](const std::string& what, std::function<void(FakeApi&, Value)> change, bool stays) {
    auto api = recorded();
    api.stream("forwards/shop/" + server1 + ":15000", support::forbidden());
    Value pod;
    for (const auto& each : recordedPods()) {
      if (each["metadata"]["name"].text() == server1) pod = each;
    }
    change(api, pod);
    const auto reading = observe(api);
    ASSERT_TRUE(reading);
    const auto* proxy = find(reading->observation, server1);
    EXPECT_EQ(proxy != nullptr, stays) << what;
    if (proxy != nullptr) {
      EXPECT_FALSE(proxy->secrets) << what;
    }
  };
  const auto path = "/api/v1/namespaces/shop/pods/" + server1;
  goneBy(
      "deleted", [&](FakeApi& api, Value) { api.answer(path, base::fail({base::Kind::notFound, "gone"})); },
      false);
  goneBy(
      "another of the same name",
      [&](FakeApi& api, Value pod) {
        pod.at("metadata").set("uid", "other");
        api.answer(path, pod);
      },
      false);
  goneBy(
      "ended",
      [&](FakeApi& api, Value pod) {
        pod.at("status").set("phase", "Succeeded");
        api.answer(path, pod);
      },
      false);
  goneBy(
      "leaving",
      [&](FakeApi& api, Value pod) {
        pod.at("metadata").set("deletionTimestamp", "2026-11-24T01:20:00Z");
        api.answer(path, pod);
      },
      true);
  goneBy(
      "cannot be asked",
      [&](FakeApi& api, Value) { api.answer(path, base::fail(support::refused("get pod"))); }, true);
}

TEST(Observe, WhatIsOpaqueIsNoProxyAndIsKeptByName) {
  auto api = recorded();
  auto pods = recordedPods();
  for (auto& pod : pods) {
    if (pod["metadata"]["name"].text() != server1) continue;
    pod.at("metadata").at("annotations").set("inject.istio.io/templates", "grpc-agent");
  }
  api.items("/api/v1/pods", pods);
  api.items("/apis/networking.istio.io/v1beta1/workloadentries",
            {yaml("{metadata: {namespace: shop, name: vm}, spec: {serviceAccount: vm}}")});
  const auto reading = observe(api);
  ASSERT_TRUE(reading);
  const auto& mesh = reading->observation;
  EXPECT_EQ(find(mesh, server1), nullptr);
  EXPECT_EQ(mesh.proxies.size(), 3U);
  ASSERT_EQ(mesh.opaque.size(), 2U);
  EXPECT_EQ(mesh.opaque[0].name, server1);
  EXPECT_EQ(mesh.opaque[0].workload.kind, "Deployment");
  EXPECT_EQ(mesh.opaque[1].kind, "WorkloadEntry");
  EXPECT_TRUE(mesh.unsupported.empty());

  const auto document = mesh::observationToJson(mesh);
  const auto again = mesh::observationFromJson(document);
  ASSERT_TRUE(again) << base::describe(again.error());
  EXPECT_EQ(json::dump(mesh::observationToJson(*again)), json::dump(document));
  EXPECT_EQ(again->opaque[0].reason, mesh.opaque[0].reason);

  auto only = *again;
  ASSERT_TRUE(mesh::applyFilter(only, {"shop", {*mesh::parseTarget("deploy/server")}}));
  EXPECT_EQ(only.proxies.size(), 1U);
  EXPECT_EQ(only.opaque.size(), 1U);
  EXPECT_FALSE(mesh::applyFilter(only, {"shop", {*mesh::parseTarget("deploy/none")}}));
}

TEST(Observe, MountedRootsByExec) {
  auto api = recorded();
  const auto roots =
      std::string(support::jsonData("mesh/root_config_map.json")["data"]["root-cert.pem"].text());
  api.stream("execs/shop/" + server1, support::printing(roots));
  api.stream("execs/shop/" + server2, [](net::Conversation& conversation) {
    conversation.onOpen("v5.channel.k8s.io");
    conversation.onMessage(
        "\3{\"status\":\"Failure\",\"message\":\"exec: \\\"cat\\\": executable file not found in $PATH\"}");
    conversation.onClose(1000, "");
  });
  const auto reading = observe(api, true);
  ASSERT_TRUE(reading);
  ASSERT_TRUE(find(reading->observation, server1)->mounted);
  EXPECT_EQ(find(reading->observation, server1)->mounted->size(), 1U);
  ASSERT_FALSE(find(reading->observation, server2)->mounted);
  EXPECT_NE(find(reading->observation, server2)->mounted.error().reason.find("distroless"),
            std::string::npos);
}

TEST(Observe, WhatMayNotBeReadStaysInItAsUnproven) {
  auto api = recorded();
  api.answer(istioSystem + "/secrets/cacerts", base::fail(support::refused("get secret cacerts")));
  api.answer("/api/v1/namespaces", base::fail(support::refused("list namespaces")));
  api.answer("/api/v1/configmaps?fieldSelector=metadata.name%3Distio-ca-root-cert",
             base::fail(support::refused("list configmaps")));
  api.answer("/apis/sailoperator.io/v1/istios", base::fail(support::refused("list istios")));
  const auto reading = observe(api);
  ASSERT_TRUE(reading);
  const auto& mesh = reading->observation;
  ASSERT_FALSE(mesh.cacerts);
  EXPECT_TRUE(mesh.cacerts.error().forbidden);
  ASSERT_EQ(mesh.unlisted.size(), 2U);
  EXPECT_TRUE(mesh.unlisted[0].second.forbidden && mesh.unlisted[1].second.forbidden);
  ASSERT_EQ(mesh.distribution.size(), 2U);
  EXPECT_EQ(mesh.distribution[0].name, "shop") << "the proxies' namespaces are known";
  EXPECT_FALSE(mesh.distribution[0].roots);
}

TEST(Observe, FailsWithoutTheBasics) {
  auto noPods = recorded();
  noPods.answer("/api/v1/pods", base::fail(support::refused("list pods")));
  const auto forbidden = observe(noPods);
  ASSERT_FALSE(forbidden);
  EXPECT_EQ(forbidden.error().kind, base::Kind::forbidden);

  auto notAList = recorded();
  notAList.answer("/api/v1/pods", yaml("{kind: Status}"));
  EXPECT_FALSE(observe(notAList)) << "an answer that is no list is not an empty one";

  auto elsewhere = recorded();
  test::FakeClock clock;
  mesh::ObserveOptions options;
  options.istioNamespace = "other";
  const auto none = mesh::observe(elsewhere, clock, options);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().hint.find("istio-system"), std::string::npos);
}

TEST(Observe, FollowsLongListsToTheirEnd) {
  auto api = recorded();
  const auto pods = recordedPods();
  // The first page says that there is more; Api::list gives them all.
  class Paged : public kube::Api {
   public:
    explicit Paged(FakeApi& inner) : inner_(inner) {}
    base::Result<Value> get(const std::string& path) override { return inner_.get(path); }
    std::vector<base::Result<Value>> getAll(const std::vector<std::string>& paths) override {
      auto answers = inner_.getAll(paths);
      for (std::size_t i = 0; i < paths.size(); ++i) {
        if (paths[i] == "/api/v1/pods?limit=500") {
          answers[i] = Value::object({{"metadata", yaml("{continue: more}")}, {"items", Value::array()}});
        }
      }
      return answers;
    }
    base::Result<json::Array> list(const kube::Resource& resource, std::string_view ns,
                                   std::string_view query, json::Value) override {
      return inner_.list(resource, ns, query, {});
    }
    base::Result<Value> write(const kube::Write& write) override { return inner_.write(write); }
    std::vector<base::Result<Value>> writeAll(const std::vector<kube::Write>& writes) override {
      return inner_.writeAll(writes);
    }
    base::Status converse(std::vector<net::Dialogue> dialogues, int inFlight) override {
      return inner_.converse(std::move(dialogues), inFlight);
    }
    [[nodiscard]] const std::string& server() const override { return inner_.server(); }

   private:
    FakeApi& inner_;
  } paged(api);
  test::FakeClock clock;
  const auto reading = mesh::observe(paged, clock, {});
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->observation.proxies.size(), 4U);
}

TEST(ObserveProxies, NeedsPodsOnlyAndKeepsWhatWasNamed) {
  FakeApi api;
  api.items("/api/v1/namespaces/shop/pods", [] {
    auto pods = recordedPods();
    pods.erase(pods.begin());  // istiod's
    return pods;
  }());
  for (const auto& pod : {server1, server2}) {
    api.stream("forwards/shop/" + pod + ":15000", support::httpServer(support::data("envoy/masked.json")));
  }
  test::FakeClock clock;
  mesh::ProxyFilter filter{"shop", {*mesh::parseTarget("deploy/server")}};
  const auto mesh = mesh::observeProxies(api, clock, {}, filter);
  ASSERT_TRUE(mesh) << base::describe(mesh.error());
  EXPECT_EQ(mesh->proxies.size(), 2U);
  EXPECT_TRUE(mesh->proxies[0].secrets);
  EXPECT_EQ(mesh->installation.trustDomain, "cluster.local") << "by the proxies' own environment";
  EXPECT_TRUE(std::none_of(api.asked.begin(), api.asked.end(),
                           [](const auto& path) { return path.find("secrets") != std::string::npos; }));

  filter.targets = {*mesh::parseTarget("deploy/serve")};
  const auto missing = mesh::observeProxies(api, clock, {}, filter);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, base::Kind::notFound);
  EXPECT_NE(missing.error().hint.find("server"), std::string::npos);
}

TEST(ObserveProxies, TargetsAsKubectlWritesThem) {
  const std::vector<std::pair<const char*, const char*>> kinds{
      {"x", "Pod"},          {"po/x", "Pod"}, {"deployments/x", "Deployment"}, {"sts/x", "StatefulSet"},
      {"ds/x", "DaemonSet"}, {"job/x", "Job"}};
  for (const auto& [word, kind] : kinds) {
    const auto target = mesh::parseTarget(word);
    ASSERT_TRUE(target) << word;
    EXPECT_EQ(target->kind, kind);
    EXPECT_EQ(target->name, "x");
  }
  for (const auto* bad : {"", "deplyo/x", "deploy/", "deploy/x/y", "/x"}) {
    const auto target = mesh::parseTarget(bad);
    ASSERT_FALSE(target) << bad;
    EXPECT_EQ(target.error().kind, base::Kind::usage) << bad;
  }
  EXPECT_NE(mesh::parseTarget("deplyo/x").error().hint.find("deploy"), std::string::npos);
}

TEST(ObservationJson, ComesBackAsItWas) {
  auto api = recorded();
  api.stream("forwards/shop/" + server2 + ":15000", support::forbidden());
  api.answer(istioSystem + "/secrets/cacerts", base::fail(support::refused("get secret cacerts")));
  auto reading = observe(api);
  ASSERT_TRUE(reading);
  reading->observation.istiods[0].serving = find(reading->observation, server1)->secrets->chain;
  reading->observation.unsupported.push_back({"code", "message", "hint"});
  reading->observation.unlisted.emplace_back("what", trust::Unreadable{"why", true});
  const auto document = mesh::observationToJson(reading->observation);
  const auto text = json::dump(document);
  EXPECT_EQ(text.find("PRIVATE KEY"), std::string::npos);
  const auto parsed = json::parse(text);
  ASSERT_TRUE(parsed);
  const auto back = mesh::observationFromJson(*parsed);
  ASSERT_TRUE(back) << base::describe(back.error());
  EXPECT_EQ(mesh::observationToJson(*back), document);
  EXPECT_EQ(find(*back, server1)->secrets->leaf(), find(reading->observation, server1)->secrets->leaf());
  EXPECT_EQ(find(*back, server2)->secrets.error().reason,
            find(reading->observation, server2)->secrets.error().reason);
}

TEST(ObservationJson, RefusesWhatIsNotWhole) {
  auto api = recorded();
  const auto document = mesh::observationToJson(observe(api)->observation);
  const auto refused = [](Value changed, const std::string& says) {
    const auto read = mesh::observationFromJson(changed);
    ASSERT_FALSE(read) << says;
    EXPECT_EQ(read.error().kind, base::Kind::usage);
    EXPECT_NE(base::describe(read.error()).find(says), std::string::npos) << base::describe(read.error());
  };
  auto changed = document;
  changed.set("apiVersion", "istio-ca/v9");
  refused(changed, "istio-ca/v1");
  changed = document;
  changed.erase("proxies");
  refused(changed, "\"proxies\" is missing");
  changed = document;
  changed.set("takenAt", "yesterday");
  refused(changed, "takenAt");
  changed = document;
  changed.set("certificates", Value::object());
  refused(changed, "not in the table");
  changed = document;
  auto table = document["certificates"];
  const auto first = table.members()[0].first, second = table.members()[1].first;
  table.set(first, table[second]);
  changed.set("certificates", table);
  refused(changed, "has the SHA-256");
  refused(Value::array(), "no observation");
}

}  // namespace
