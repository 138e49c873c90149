#include "rehearsal/api_server.h"

#include "kube/access_review.h"
#include "kube/http_get.h"
#include "kube/pod_stream.h"
#include "unit/rehearsal/server_fixture.h"

namespace {

using json::Value;
using Kind = base::Kind;

const kube::Resource reviews{"authentication.k8s.io", "v1", "selfsubjectreviews"};

Value secret(std::string_view data, bool immutable = false) {
  Value made = ServerTest::parsed(
      R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"cacerts"},"type":"Opaque"})");
  made.set("data", ServerTest::parsed(data));
  if (immutable) made.set("immutable", true);
  return made;
}

TEST_F(ServerTest, CreatesReadsAndListsByPages) {
  ASSERT_TRUE(api->write(kube::create(kube::secrets, "istio-system", secret(R"({"a":"MQ=="})"))));
  const auto read = api->get(kube::secrets.path("istio-system", "cacerts"));
  ASSERT_TRUE(read) << base::describe(read.error());
  EXPECT_EQ((*read)["data"]["a"].text(), "MQ==");
  EXPECT_EQ((*read)["metadata"]["managedFields"].items()[0]["manager"].text(), "kubectl-istio-ca");
  EXPECT_EQ(why(api->write(kube::create(kube::secrets, "istio-system", secret("{}")))),
            "secrets \"cacerts\" already exists");
  EXPECT_EQ(why(api->write(kube::create(kube::secrets, "none", secret("{}")))),
            "namespaces \"none\" not found");
  EXPECT_EQ(why(api->get(kube::deployments.path("shop", "x"))), "deployments.apps \"x\" not found");

  for (int i = 0; i < 1203; ++i)
    put({"", "configmaps", "shop", "c" + std::to_string(i)}, R"({"metadata":{"labels":{"a":"b"}}})");
  EXPECT_EQ(api->list(kube::configMaps, "")->size(), 1203U);
  EXPECT_EQ(api->list(kube::configMaps, "istio-system")->size(), 0U);
  EXPECT_EQ(api->list(kube::configMaps, "shop", "labelSelector=a%3Db")->size(), 1203U);
  EXPECT_EQ(api->list(kube::configMaps, "shop", "fieldSelector=metadata.name%3Dc7")->size(), 1U);
  EXPECT_EQ(api->list({"sailoperator.io", "v1", "istios"}, "").error().kind, Kind::notFound);
}

TEST_F(ServerTest, RefusesWritesAsKubernetesDoes) {
  ASSERT_TRUE(api->write(kube::create(kube::secrets, "istio-system", secret(R"({"a":"MQ=="})"))));
  const std::string version(
      (*api->get(kube::secrets.path("istio-system", "cacerts")))["metadata"]["resourceVersion"].text());
  const auto merge = [&](std::string_view patch) {
    return api->write(
        kube::patch(kube::secrets, "istio-system", "cacerts", kube::Patch::merge, parsed(patch)));
  };
  ASSERT_TRUE(merge(R"({"metadata":{"resourceVersion":")" + version + R"("},"data":{"b":"Mg=="}})"));
  const auto late = merge(R"({"metadata":{"resourceVersion":")" + version + R"("},"data":{"b":"Mw=="}})");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, Kind::conflict);
  EXPECT_EQ(
      why(late),
      "Operation cannot be fulfilled on secrets \"cacerts\": the object has been modified; please apply your "
      "changes to the latest version and try again");
  EXPECT_EQ(why(merge(R"({"type":"istio"})")),
            "Secret \"cacerts\" is invalid: type: Invalid value: \"istio\": field is immutable");
  EXPECT_NE(why(merge(R"({"data":{"x":"%"}})")).find("illegal base64 data"), std::string::npos);
  ASSERT_TRUE(merge(R"({"immutable":true})"));
  EXPECT_EQ(why(merge(R"({"data":{"b":"NA=="}})")),
            "Secret \"cacerts\" is invalid: data: Forbidden: field is immutable when `immutable` is set");
  const auto test = api->write(kube::patch(kube::secrets, "istio-system", "cacerts", kube::Patch::json,
                                           parsed(R"([{"op":"test","path":"/type","value":"no"}])")));
  ASSERT_FALSE(test);
  EXPECT_EQ(test.error().message.substr(test.error().message.size() - 7), "invalid");
  Value named = secret("{}");
  named.set("metadata", parsed(R"({"name":"Not_A_Name"})"));
  EXPECT_NE(why(api->write(kube::create(kube::secrets, "shop", named))).find("RFC 1123"), std::string::npos);
}

TEST_F(ServerTest, DeletesWhatIsMeant) {
  const auto made = api->write(kube::create(kube::secrets, "shop", secret("{}")));
  ASSERT_TRUE(made);
  const auto other =
      kube::remove(kube::secrets, "shop", "cacerts", parsed(R"({"preconditions":{"uid":"another"}})"));
  EXPECT_EQ(api->write(other).error().kind, Kind::conflict);
  const auto done = api->write(kube::remove(kube::secrets, "shop", "cacerts", {}));
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ((*done)["status"].text(), "Success");
  EXPECT_EQ((*done)["details"]["uid"].text(), (*made)["metadata"]["uid"].text());
  EXPECT_EQ(api->write(kube::remove(kube::secrets, "shop", "cacerts", {})).error().kind, Kind::notFound);
}

TEST_F(ServerTest, AppliesAndScales) {
  put({"apps", "deployments", "istio-system", "istiod"},
      R"({"apiVersion":"apps/v1","kind":"Deployment","spec":{"replicas":1,"selector":{"matchLabels":{"app":"istiod"}},
          "template":{"metadata":{"labels":{"app":"istiod"}},"spec":{"containers":[{"name":"discovery","image":"pilot"}]}}}})");
  const Value config = parsed(
      R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"istiod","namespace":"istio-system"},
      "spec":{"template":{"spec":{"containers":[{"name":"discovery","env":[{"name":"X","value":"1"}]}]}}}})");
  const auto applied =
      api->write(kube::patch(kube::deployments, "istio-system", "istiod", kube::Patch::apply, config));
  ASSERT_TRUE(applied) << base::describe(applied.error());
  const Value& container = (*applied)["spec"]["template"]["spec"]["containers"].items()[0];
  EXPECT_EQ(container["image"].text(), "pilot");
  EXPECT_EQ(container["env"].items()[0]["value"].text(), "1");
  EXPECT_EQ((*applied)["metadata"]["generation"].integer(), 2);
  EXPECT_EQ((*applied)["spec"]["replicas"].integer(), 1);

  const kube::Write scale{"PATCH", kube::deployments.path("istio-system", "istiod", "scale"),
                          "application/merge-patch+json", parsed(R"({"spec":{"replicas":3}})")};
  const auto scaled = api->write(scale);
  ASSERT_TRUE(scaled) << base::describe(scaled.error());
  EXPECT_EQ((*scaled)["kind"].text(), "Scale");
  EXPECT_EQ((*api->get(kube::deployments.path("istio-system", "istiod")))["spec"]["replicas"].integer(), 3);
  const auto strategic = kube::patch(kube::deployments, "istio-system", "istiod", kube::Patch::strategicMerge,
                                     parsed(R"({"spec":{"selector":{"matchLabels":{"app":"x"}}}})"));
  EXPECT_NE(why(api->write(strategic)).find("field is immutable"), std::string::npos);
}

TEST_F(ServerTest, ADryRunChangesNothing) {
  auto dry = kube::create(kube::secrets, "shop", secret("{}"));
  dry.path += "&dryRun=All";
  ASSERT_TRUE(api->write(dry));
  EXPECT_EQ(api->get(kube::secrets.path("shop", "cacerts")).error().kind, Kind::notFound);
  ASSERT_TRUE(api->write(kube::create(kube::secrets, "shop", secret("{}"))));
  auto patch =
      kube::patch(kube::secrets, "shop", "cacerts", kube::Patch::merge, parsed(R"({"data":{"a":"MQ=="}})"));
  patch.path += "&dryRun=All";
  EXPECT_EQ((*api->write(patch))["data"]["a"].text(), "MQ==");
  EXPECT_FALSE((*api->get(kube::secrets.path("shop", "cacerts")))["data"].has("a"));
}

TEST_F(ServerTest, KnowsCustomResourcesByTheirDefinition) {
  put({"apiextensions.k8s.io", "customresourcedefinitions", "", "istios.sailoperator.io"},
      R"({"spec":{"group":"sailoperator.io","scope":"Cluster","names":{"plural":"istios","singular":"istio","kind":"Istio"},
          "versions":[{"name":"v1","served":true,"subresources":{"status":{}}}]}})");
  const kube::Resource istios{"sailoperator.io", "v1", "istios"};
  ASSERT_TRUE(api->get("/apis/sailoperator.io"));
  const auto made =
      api->write(kube::create(istios, "", parsed(R"({"metadata":{"name":"default"},"spec":{"values":{}}})")));
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ((*made)["kind"].text(), "Istio");
  EXPECT_TRUE(api->write(
      kube::patch(istios, "", "default", kube::Patch::merge, parsed(R"({"spec":{"values":{"a":1}}})"))));
  const auto strategic =
      api->write(kube::patch(istios, "", "default", kube::Patch::strategicMerge, parsed("{}")));
  ASSERT_FALSE(strategic);
  EXPECT_NE(strategic.error().message.find("unsupported media type"), std::string::npos);
}

TEST_F(ServerTest, AnswersForUsersByTheirRoles) {
  kube::AccessFlags as;
  as.as = "eve";
  const auto eve = connect(as);
  const auto read = eve->get(kube::secrets.path("istio-system", "cacerts"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, Kind::forbidden);
  EXPECT_EQ(why(read),
            "secrets \"cacerts\" is forbidden: User \"eve\" cannot get resource \"secrets\" in API group "
            "\"\" in the "
            "namespace \"istio-system\"");
  EXPECT_EQ(eve->list(kube::deployments, "").error().reason,
            "deployments.apps is forbidden: User \"eve\" cannot list resource \"deployments\" in API group "
            "\"apps\" at "
            "the cluster scope");
  EXPECT_FALSE(*kube::allowed(*eve, "get", kube::secrets, "istio-system"));
  put({"rbac.authorization.k8s.io", "clusterroles", "", "reader"},
      R"({"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["secrets","pods/portforward"]}]})");
  put({"rbac.authorization.k8s.io", "rolebindings", "istio-system", "eve"},
      R"({"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"User","name":"eve"}]})");
  EXPECT_TRUE(*kube::allowed(*eve, "get", kube::secrets, "istio-system"));
  EXPECT_TRUE(*kube::allowed(*eve, "get", kube::pods, "istio-system", "portforward"));
  EXPECT_FALSE(*kube::allowed(*eve, "get", kube::pods, "istio-system"));
  EXPECT_FALSE(*kube::allowed(*eve, "get", kube::secrets, "shop"));
  EXPECT_EQ(eve->get(kube::secrets.path("istio-system", "cacerts")).error().kind, Kind::notFound);
  const auto self = eve->write(kube::create(reviews, "", parsed(R"({"kind":"SelfSubjectReview"})")));
  ASSERT_TRUE(self);
  EXPECT_EQ((*self)["status"]["userInfo"]["username"].text(), "eve");
}

TEST_F(ServerTest, WhoMayListOneNameMayAskForThatAlone) {
  kube::AccessFlags as;
  as.as = "eve";
  const auto eve = connect(as);
  put({"rbac.authorization.k8s.io", "clusterroles", "", "reader"},
      R"({"rules":[{"verbs":["list"],"apiGroups":[""],"resources":["configmaps"],"resourceNames":["istio-ca-root-cert"]}]})");
  put({"rbac.authorization.k8s.io", "clusterrolebindings", "", "eve"},
      R"({"roleRef":{"kind":"ClusterRole","name":"reader"},"subjects":[{"kind":"User","name":"eve"}]})");
  EXPECT_TRUE(eve->list(kube::configMaps, "", "fieldSelector=metadata.name%3Distio-ca-root-cert"));
  for (const char* query :
       {"", "fieldSelector=metadata.name%3Distio", "fieldSelector=metadata.name!%3Distio-ca-root-cert",
        "labelSelector=metadata.name%3Distio-ca-root-cert"}) {
    const auto refused = eve->list(kube::configMaps, "", query);
    ASSERT_FALSE(refused) << query;
    EXPECT_EQ(refused.error().kind, Kind::forbidden) << query;
  }
}

TEST_F(ServerTest, GivesTokensThatItKnowsAgain) {
  put({"", "serviceaccounts", "shop", "default"}, "{}");
  const kube::Write ask{"POST", kube::serviceAccounts.path("shop", "default", "token"), "application/json",
                        parsed(R"({"spec":{"audiences":["istio-ca"],"expirationSeconds":600}})")};
  const auto token = api->write(ask);
  ASSERT_TRUE(token) << base::describe(token.error());
  kube::AccessFlags flags;
  flags.token = base::Secret(std::string((*token)["status"]["token"].text()));
  EXPECT_EQ((*token)["status"]["expirationTimestamp"].text(), "2026-11-28T00:10:00Z");
  const Value review = parsed(R"({"spec":{"token":")" + std::string((*token)["status"]["token"].text()) +
                              R"(","audiences":["istio-ca"]}})");
  const kube::Resource tokenReviews{"authentication.k8s.io", "v1", "tokenreviews"};
  EXPECT_EQ((*api->write(kube::create(tokenReviews, "", review)))["status"]["user"]["username"].text(),
            "system:serviceaccount:shop:default");
}

TEST_F(ServerTest, ForwardsPortsAndExecutes) {
  put({"", "pods", "shop", "web"},
      R"({"spec":{"nodeName":"n","containers":[{"name":"app"},{"name":"istio-proxy"}]}})");
  kube::HttpGet well("/config_dump"), missing("/config_dump"), closed("/");
  const auto got = kube::forward(*api,
                                 {{{"shop", "web"}, 15000, &well},
                                  {{"shop", "gone"}, 15000, &missing},
                                  {{"shop", "web"}, 15001, &closed}},
                                 base::Millis(5000));
  ASSERT_TRUE(got[0]) << base::describe(got[0].error());
  EXPECT_EQ(well.response().body.substr(0, 25), "GET /config_dump HTTP/1.1");
  EXPECT_EQ(well.response().body.size(), 100025U);
  EXPECT_EQ(got[1].error().kind, Kind::notFound);
  EXPECT_NE(base::describe(got[2].error()).find("connection refused"), std::string::npos);

  const auto ran = kube::execute(*api,
                                 {{{"shop", "web"}, "istio-proxy", {"cat", "/a b&c"}},
                                  {{"shop", "web"}, "app", {"false"}},
                                  {{"shop", "web"}, "app", {"missing"}},
                                  {{"shop", "web"}, "none", {"true"}}},
                                 base::Millis(5000));
  ASSERT_TRUE(ran[0]) << base::describe(ran[0].error());
  EXPECT_EQ(ran[0]->out, "shop/web/istio-proxy: cat /a b&c");
  ASSERT_TRUE(ran[1]) << base::describe(ran[1].error());
  EXPECT_EQ(ran[1]->exitCode, 3);
  EXPECT_EQ(ran[1]->err, "no");
  EXPECT_NE(base::describe(ran[2].error()).find("\"missing\": not found"), std::string::npos);
  EXPECT_NE(base::describe(ran[3].error()).find("container none is not valid for pod web"),
            std::string::npos);
}

TEST_F(ServerTest, IsInterferedWith) {
  std::atomic<int> status = 403;
  server->interfere([&](std::string_view method, std::string_view path) {
    return method == "GET" && path.ends_with("/cacerts") ? status.load() : 0;
  });
  const std::string path = kube::secrets.path("shop", "cacerts");
  EXPECT_EQ(why(api->get(path)),
            "secrets \"cacerts\" is forbidden: User \"rehearsal-admin\" cannot get resource \"secrets\" in "
            "API group "
            "\"\" in the namespace \"shop\"");
  status = 500;
  EXPECT_EQ(api->get(path).error().kind, Kind::unavailable);
  status = 0;
  EXPECT_EQ(api->get(path).error().kind, Kind::notFound);

  server->interfere([](std::string_view method, std::string_view) { return method == "POST" ? -1 : 0; });
  EXPECT_FALSE(api->write(kube::create(kube::secrets, "shop", secret("{}"))));
  EXPECT_TRUE(api->get(path)) << "it was done all the same";
}

TEST_F(ServerTest, TellsWhoChangesWhatAsAnAuditLogDoes) {
  std::vector<Value> events;
  server->audit({[&](const Value& event) { events.push_back(event); },
                 [] { return std::string("2026-11-28T00:00:00.000001Z"); }});
  ASSERT_TRUE(api->write(kube::create(kube::secrets, "istio-system", secret(R"({"a":"MQ=="})"))));
  ASSERT_TRUE(api->get(kube::secrets.path("istio-system", "cacerts")));
  EXPECT_FALSE(api->write(
      kube::patch(kube::deployments, "shop", "x", kube::Patch::merge, parsed(R"({"spec":{"replicas":2}})"))));
  server->audit({});
  EXPECT_FALSE(api->write(kube::create(kube::secrets, "istio-system", secret("{}"))));
  ASSERT_EQ(events.size(), 2U);
  for (auto& event : events) {
    EXPECT_TRUE(event["userAgent"].text().starts_with("kubectl-istio-ca/"));
    event.erase("userAgent");
  }
  const Value user =
      parsed(R"({"username":"rehearsal-admin","groups":["system:masters","system:authenticated"]})");
  const auto expected = [&](std::string_view what) {
    Value event = parsed(
        R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","stage":"ResponseComplete"})");
    const Value given = parsed(what);
    for (const auto& [name, value] : given.members()) event.set(name, value);
    event.set("requestReceivedTimestamp", "2026-11-28T00:00:00.000001Z");
    event.set("stageTimestamp", "2026-11-28T00:00:00.000001Z");
    return json::dump(event);
  };
  const auto withoutUser = [&](Value event) {
    EXPECT_EQ(json::dump(event["user"]), json::dump(user));
    event.erase("user");
    return json::dump(event);
  };
  EXPECT_EQ(withoutUser(events[0]), expected(R"({
    "requestURI":"/api/v1/namespaces/istio-system/secrets?fieldManager=kubectl-istio-ca","verb":"create",
    "objectRef":{"resource":"secrets","namespace":"istio-system","apiVersion":"v1"},"responseStatus":{"code":201}})"));
  EXPECT_EQ(withoutUser(events[1]), expected(R"({
    "requestURI":"/apis/apps/v1/namespaces/shop/deployments/x?fieldManager=kubectl-istio-ca","verb":"patch",
    "objectRef":{"resource":"deployments","namespace":"shop","name":"x","apiGroup":"apps","apiVersion":"v1"},
    "responseStatus":{"code":404}})"));
}

TEST_F(ServerTest, TimePassesWhileItServes) {
  rehearsal::SimulatedClock mesh(simulation);
  int events = 0;
  std::function<void()> tick = [&] {
    ASSERT_TRUE(store.create({"", "events", "shop", "e" + std::to_string(++events)}, {}, "test"));
    simulation.after(base::Millis(100), tick);
  };
  simulation.after(base::Millis(100), tick);
  std::size_t last = 0;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(mesh.pause(base::Millis(1000)));
    const auto listed = api->list(kube::events, "shop");
    ASSERT_TRUE(listed);
    EXPECT_EQ(listed->size(), last + 10);
    last = listed->size();
  }
}

}  // namespace
