#include "rehearsal/patch.h"

#include <gtest/gtest.h>

#include "rehearsal/managed_fields.h"

namespace {

using json::Value;

Value parsed(std::string_view text) {
  const auto value = json::parse(text);
  EXPECT_TRUE(value) << text;
  return value.value_or(Value());
}

struct Case {
  const char *name, *object, *patch, *result;  // the result's code where it is a number
};

void check(const Case& each, const rehearsal::Granted<Value>& result) {
  const std::string got = result ? json::dump(*result) : std::to_string(result.error().code);
  EXPECT_EQ(got, json::dump(parsed(each.result))) << each.name;
}

TEST(JsonPatch, Cases) {
  const Case cases[] = {
      {"add a member", R"({"a":1})", R"([{"op":"add","path":"/b","value":2}])", R"({"a":1,"b":2})"},
      {"add over one", R"({"a":1})", R"([{"op":"add","path":"/a","value":2}])", R"({"a":2})"},
      {"add to a list", R"({"a":[1,3]})", R"([{"op":"add","path":"/a/1","value":2}])", R"({"a":[1,2,3]})"},
      {"append", R"({"a":[1]})", R"([{"op":"add","path":"/a/-","value":2}])", R"({"a":[1,2]})"},
      {"append by index", R"({"a":[1]})", R"([{"op":"add","path":"/a/1","value":2}])", R"({"a":[1,2]})"},
      {"add beyond the end", R"({"a":[1]})", R"([{"op":"add","path":"/a/2","value":2}])", "422"},
      {"add without a parent", R"({})", R"([{"op":"add","path":"/a/b","value":2}])", "422"},
      {"replace", R"({"a":{"b":1}})", R"([{"op":"replace","path":"/a/b","value":2}])", R"({"a":{"b":2}})"},
      {"replace what is not there", R"({})", R"([{"op":"replace","path":"/a","value":2}])", "422"},
      {"remove", R"({"a":1,"b":2})", R"([{"op":"remove","path":"/a"}])", R"({"b":2})"},
      {"remove from a list", R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/0"}])", R"({"a":[2]})"},
      {"remove what is not there", R"({})", R"([{"op":"remove","path":"/a"}])", "422"},
      {"escapes", R"({"a/b":{"c~d":1}})", R"([{"op":"remove","path":"/a~1b/c~0d"}])", R"({"a/b":{}})"},
      {"a test that holds", R"({"a":{"x":1,"y":2}})",
       R"([{"op":"test","path":"/a","value":{"y":2,"x":1}},{"op":"remove","path":"/a"}])", R"({})"},
      {"a test that fails undoes all", R"({"a":1})",
       R"([{"op":"replace","path":"/a","value":2},{"op":"test","path":"/a","value":1}])", "422"},
      {"null is what is not there", R"({})", R"([{"op":"test","path":"/a","value":null}])", R"({})"},
      {"move", R"({"a":1})", R"([{"op":"move","from":"/a","path":"/b"}])", R"({"b":1})"},
      {"copy", R"({"a":[1]})", R"([{"op":"copy","from":"/a/0","path":"/a/-"}])", R"({"a":[1,1]})"},
      {"no operation", R"({})", R"([{"op":"stir","path":"/a"}])", "422"},
      {"no path", R"({})", R"([{"op":"add","value":1}])", "422"},
      {"a path that does not begin", R"({"a":1})", R"([{"op":"remove","path":"a"}])", "422"},
      {"no list", R"({})", R"({"op":"add"})", "400"},
  };
  for (const Case& each : cases) check(each, rehearsal::jsonPatch(parsed(each.object), parsed(each.patch)));
}

TEST(MergePatch, Cases) {
  const Case cases[] = {
      {"members", R"({"a":{"b":1,"c":2}})", R"({"a":{"b":null,"d":3}})", R"({"a":{"c":2,"d":3}})"},
      {"lists are replaced", R"({"a":[1,2]})", R"({"a":[3]})", R"({"a":[3]})"},
      {"nulls in what is new", R"({})", R"({"a":{"b":null,"c":1}})", R"({"a":{"c":1}})"},
      {"an object over a value", R"({"a":1})", R"({"a":{"b":1}})", R"({"a":{"b":1}})"},
      {"nothing", R"({"a":1})", R"({})", R"({"a":1})"},
  };
  for (const Case& each : cases) check(each, rehearsal::mergePatch(parsed(each.object), parsed(each.patch)));
}

TEST(StrategicMergePatch, Cases) {
  const Case cases[] = {
      {"containers by name", R"({"containers":[{"name":"a","image":"1"},{"name":"b"}]})",
       R"({"containers":[{"name":"b","image":"2"}]})",
       R"({"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]})"},
      {"env by name, a new one behind", R"({"containers":[{"name":"a","env":[{"name":"X","value":"1"}]}]})",
       R"({"containers":[{"name":"a","env":[{"name":"Y","value":"2"},{"name":"X","value":"3"}]}]})",
       R"({"containers":[{"name":"a","env":[{"name":"X","value":"3"},{"name":"Y","value":"2"}]}]})"},
      {"mounts by path", R"({"volumeMounts":[{"mountPath":"/a","name":"x"}]})",
       R"({"volumeMounts":[{"mountPath":"/a","readOnly":true}]})",
       R"({"volumeMounts":[{"mountPath":"/a","name":"x","readOnly":true}]})"},
      {"ports of a container by number",
       R"({"containers":[{"name":"a","ports":[{"containerPort":1,"name":"p"}]}]})",
       R"({"containers":[{"name":"a","ports":[{"containerPort":1,"protocol":"TCP"}]}]})",
       R"({"containers":[{"name":"a","ports":[{"containerPort":1,"name":"p","protocol":"TCP"}]}]})"},
      {"tolerations are replaced", R"({"tolerations":[{"key":"a"}]})", R"({"tolerations":[{"key":"b"}]})",
       R"({"tolerations":[{"key":"b"}]})"},
      {"finalizers are united", R"({"metadata":{"finalizers":["a"]}})",
       R"({"metadata":{"finalizers":["b","a"]}})", R"({"metadata":{"finalizers":["a","b"]}})"},
      {"from a list of plain values", R"({"metadata":{"finalizers":["a","b"]}})",
       R"({"metadata":{"$deleteFromPrimitiveList/finalizers":["a"]}})",
       R"({"metadata":{"finalizers":["b"]}})"},
      {"delete an item", R"({"containers":[{"name":"a"},{"name":"b"}]})",
       R"({"containers":[{"name":"a","$patch":"delete"}]})", R"({"containers":[{"name":"b"}]})"},
      {"replace a list", R"({"containers":[{"name":"a"},{"name":"b"}]})",
       R"({"containers":[{"$patch":"replace"},{"name":"c"}]})", R"({"containers":[{"name":"c"}]})"},
      {"replace an object", R"({"strategy":{"rollingUpdate":{"maxSurge":1},"type":"RollingUpdate"}})",
       R"({"strategy":{"$patch":"replace","type":"Recreate"}})", R"({"strategy":{"type":"Recreate"}})"},
      {"delete an object", R"({"a":{"b":1},"c":1})", R"({"a":{"$patch":"delete"}})", R"({"c":1})"},
      {"retain keys", R"({"strategy":{"rollingUpdate":{},"type":"RollingUpdate"}})",
       R"({"strategy":{"$retainKeys":["type"],"type":"Recreate"}})", R"({"strategy":{"type":"Recreate"}})"},
      {"order", R"({"containers":[{"name":"a"},{"name":"b"},{"name":"own"}]})",
       R"({"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a","image":"1"}]})",
       R"({"containers":[{"name":"b"},{"name":"a","image":"1"},{"name":"own"}]})"},
      {"null deletes", R"({"a":1,"b":2})", R"({"a":null})", R"({"b":2})"},
      {"no merge key", R"({"containers":[{"name":"a"}]})", R"({"containers":[{"image":"1"}]})", "400"},
      {"a directive that is none", R"({})", R"({"$patch":"stir"})", "400"},
      {"no object", R"({})", R"([])", "400"},
      {"restartedAt", R"({"spec":{"template":{"metadata":{"labels":{"app":"x"}}}}})",
       R"({"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"now"}}}}})",
       R"({"spec":{"template":{"metadata":{"labels":{"app":"x"},"annotations":{"kubectl.kubernetes.io/restartedAt":"now"}}}}})"},
  };
  for (const Case& each : cases)
    check(each, rehearsal::strategicMergePatch(parsed(each.object), parsed(each.patch)));
}

Value deployment(std::string_view containers, std::string_view more = "") {
  return parsed(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"istiod"},"spec":{)" +
                std::string(more) + R"("template":{"spec":{"containers":)" + std::string(containers) +
                "}}}}");
}

struct Applying : testing::Test {
  const rehearsal::Key istiod{"apps", "deployments", "istio-system", "istiod"};
  Value live;
  std::string refused;

  void helm(std::string_view containers, std::string_view more = "") {
    live = deployment(containers, more);
    rehearsal::manageUpdate(nullptr, live, "helm", "2026-11-28T00:00:00Z", false);
  }
  bool apply(const Value& wanted, const char* manager = "kubectl-istio-ca", bool force = false) {
    auto result = rehearsal::applyPatch(istiod, live.isNull() ? nullptr : &live, wanted,
                                        {manager, "2026-11-28T00:00:01Z", force});
    refused = result ? "" : result.error().message;
    if (result) live = std::move(*result);
    return result.has_value();
  }
  std::string containers() { return json::dump(live["spec"]["template"]["spec"]["containers"]); }
  const Value* entry(std::string_view manager) {
    for (const Value& each : live["metadata"]["managedFields"].items())
      if (each["manager"].text() == manager) return &each;
    return nullptr;
  }
};

TEST_F(Applying, AddsAnEnvironmentVariableToSomebodyElsesContainer) {
  helm(R"([{"name":"discovery","image":"pilot","env":[{"name":"A","value":"1"}]}])");
  ASSERT_TRUE(
      apply(deployment(R"([{"name":"discovery","env":[{"name":"ISTIO_MULTIROOT_MESH","value":"true"}]}])")))
      << refused;
  EXPECT_EQ(
      containers(),
      R"([{"name":"discovery","image":"pilot","env":[{"name":"A","value":"1"},{"name":"ISTIO_MULTIROOT_MESH","value":"true"}]}])");
  ASSERT_NE(entry("kubectl-istio-ca"), nullptr);
  EXPECT_EQ((*entry("kubectl-istio-ca"))["operation"].text(), "Apply");
  EXPECT_EQ(
      json::dump((*entry("kubectl-istio-ca"))["fieldsV1"]["f:spec"]["f:template"]["f:spec"]["f:containers"]),
      R"({"k:{\"name\":\"discovery\"}":{".":{},"f:env":{"k:{\"name\":\"ISTIO_MULTIROOT_MESH\"}":{".":{},"f:name":{},"f:value":{}}},"f:name":{}}})");
}

TEST_F(Applying, ConflictsWithWhoHasItOtherwise) {
  helm(R"([{"name":"discovery","env":[{"name":"ISTIO_MULTIROOT_MESH","value":"false"}]}])");
  const Value wanted =
      deployment(R"([{"name":"discovery","env":[{"name":"ISTIO_MULTIROOT_MESH","value":"true"}]}])");
  EXPECT_FALSE(apply(wanted));
  EXPECT_EQ(refused,
            "Apply failed with 1 conflict: conflict with \"helm\" using apps/v1: "
            ".spec.template.spec.containers[name=\"discovery\"].env[name=\"ISTIO_MULTIROOT_MESH\"].value");
  ASSERT_TRUE(apply(wanted, "kubectl-istio-ca", true)) << refused;
  EXPECT_EQ(containers(), R"([{"name":"discovery","env":[{"name":"ISTIO_MULTIROOT_MESH","value":"true"}]}])");
  EXPECT_TRUE(apply(wanted)) << "what is taken is ours: " << refused;
}

TEST_F(Applying, TakesBackWhatIsNoLongerWanted) {
  helm(R"([{"name":"discovery"}])");
  ASSERT_TRUE(apply(deployment(R"([{"name":"discovery","env":[{"name":"X","value":"1"}],"image":"i"}])")));
  ASSERT_TRUE(apply(deployment(R"([{"name":"discovery","image":"i"}])")));
  EXPECT_EQ(containers(), R"([{"name":"discovery","image":"i"}])");
}

TEST_F(Applying, LeavesWhatAnotherOwnsToo) {
  helm(R"([{"name":"discovery"}])", R"("replicas":2,)");
  ASSERT_TRUE(apply(deployment(R"([{"name":"discovery"}])", R"("replicas":2,)")))
      << "the same value is no conflict";
  ASSERT_TRUE(apply(deployment(R"([{"name":"discovery"}])")));
  EXPECT_EQ(live["spec"]["replicas"].integer(), 2);
}

TEST_F(Applying, MakesWhatIsNotThere) {
  ASSERT_TRUE(apply(deployment(R"([{"name":"discovery"}])")));
  EXPECT_EQ(containers(), R"([{"name":"discovery"}])");
  const Value before = live;
  ASSERT_TRUE(apply(deployment(R"([{"name":"discovery"}])")));
  EXPECT_TRUE(live == before) << "again changes nothing";
}

TEST(ManagedFields, AnUpdateTakesWhatItChanges) {
  Value object =
      parsed(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"cacerts"},"data":{"a":"1","b":"2"}})");
  rehearsal::manageUpdate(nullptr, object, "kubectl-create", "t1", false);
  const Value before = object;
  object.set("data", parsed(R"({"a":"1","b":"3"})"));
  rehearsal::manageUpdate(&before, object, "kubectl-edit", "t2", false);
  const Value& entries = object["metadata"]["managedFields"];
  ASSERT_EQ(entries.items().size(), 2U);
  EXPECT_EQ(json::dump(entries.items()[0]["fieldsV1"]), R"({"f:data":{".":{},"f:a":{}}})");
  EXPECT_EQ(json::dump(entries.items()[1]["fieldsV1"]), R"({"f:data":{"f:b":{}}})");
  EXPECT_EQ(entries.items()[1]["time"].text(), "t2");
  EXPECT_EQ(entries.items()[1]["operation"].text(), "Update");
}

}  // namespace
