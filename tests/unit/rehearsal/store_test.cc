#include "rehearsal/store.h"

#include <gtest/gtest.h>

namespace {

using json::Value;
using rehearsal::Change;
using rehearsal::Key;
using rehearsal::Object;

struct StoreTest : testing::Test {
  const Key cacerts{"", "secrets", "istio-system", "cacerts"};
  const Key istiod{"apps", "deployments", "istio-system", "istiod"};
  const Key web{"", "pods", "shop", "web"};
  int second = 0;
  rehearsal::Store store{[this] { return "2026-11-28T00:00:0" + std::to_string(second) + "Z"; }};

  static Value parsed(std::string_view text) { return *json::parse(text); }
  std::string why(const base::Result<Object>& result) { return result ? "" : result.error().message; }
  std::string version(const Key& key) {
    return std::string((*store.find(key))["metadata"]["resourceVersion"].text());
  }
};

TEST_F(StoreTest, GivesWhatClientsDoNot) {
  const auto made = store.create(
      istiod, parsed(R"({"metadata":{"uid":"mine","generation":9},"spec":{"replicas":1}})"), "test");
  ASSERT_TRUE(made);
  const Value& metadata = (**made)["metadata"];
  EXPECT_EQ(metadata["name"].text(), "istiod");
  EXPECT_EQ(metadata["namespace"].text(), "istio-system");
  EXPECT_EQ(metadata["uid"].text().size(), 36U);
  EXPECT_EQ(metadata["creationTimestamp"].text(), "2026-11-28T00:00:00Z");
  EXPECT_EQ(metadata["generation"].integer(), 1);
  EXPECT_EQ(metadata["resourceVersion"].text(), "1001");
  EXPECT_EQ(why(store.create(istiod, {}, "test")), "deployments.apps \"istiod\" already exists");
}

TEST_F(StoreTest, MakesNamesFromGenerateName) {
  const Key pod{"", "pods", "shop", ""};
  const auto one = store.create(pod, parsed(R"({"metadata":{"generateName":"web-"}})"), "test");
  const auto other = store.create(pod, parsed(R"({"metadata":{"generateName":"web-"}})"), "test");
  ASSERT_TRUE(one && other);
  EXPECT_EQ((**one)["metadata"]["name"].text().size(), 9U);
  EXPECT_NE((**one)["metadata"]["name"].text(), (**other)["metadata"]["name"].text());
  EXPECT_EQ(why(store.create(pod, {}, "test")), "resource name may not be empty");
}

TEST_F(StoreTest, AnUpdateNeedsTheVersionThatItNames) {
  ASSERT_TRUE(store.create(cacerts, parsed(R"({"data":{"a":"MQ=="}})"), "test"));
  Value object = *store.find(cacerts);
  object.set("data", parsed(R"({"a":"Mg=="})"));
  ASSERT_TRUE(store.update(cacerts, object, "test"));
  EXPECT_EQ(
      why(store.update(cacerts, object, "test")),
      "Operation cannot be fulfilled on secrets \"cacerts\": the object has been modified; please apply "
      "your changes to the latest version and try again");
  object.at("metadata").erase("resourceVersion");
  object.set("data", parsed(R"({"a":"Mw=="})"));
  EXPECT_TRUE(store.update(cacerts, object, "test"));
  EXPECT_EQ(why(store.update(web, {}, "test")), "pods \"web\" not found");
}

TEST_F(StoreTest, WhatIsAsBeforeMakesNoVersion) {
  ASSERT_TRUE(store.create(cacerts, parsed(R"({"data":{"a":"MQ=="}})"), "test"));
  const std::string before = version(cacerts);
  ASSERT_TRUE(store.update(cacerts, parsed(R"({"data":{"a":"MQ=="}})"), "test"));
  EXPECT_EQ(version(cacerts), before);
}

TEST_F(StoreTest, CountsGenerationsOfSpecsAlone) {
  ASSERT_TRUE(store.create(istiod, parsed(R"({"spec":{"replicas":1}})"), "test"));
  const auto generation = [&] { return (*store.find(istiod))["metadata"]["generation"].integer(); };
  ASSERT_TRUE(
      store.update(istiod, parsed(R"({"metadata":{"labels":{"a":"b"}},"spec":{"replicas":1}})"), "test"));
  EXPECT_EQ(generation(), 1);
  ASSERT_TRUE(store.update(istiod, parsed(R"({"spec":{"replicas":2},"status":{"replicas":5}})"), "test"));
  EXPECT_EQ(generation(), 2);
  EXPECT_FALSE(store.find(istiod)->has("status"));
  ASSERT_TRUE(
      store.update(istiod, parsed(R"({"spec":{"replicas":7},"status":{"replicas":1}})"), "test", true));
  EXPECT_EQ(generation(), 2);
  EXPECT_EQ((*store.find(istiod))["spec"]["replicas"].integer(), 2);
  EXPECT_EQ((*store.find(istiod))["status"]["replicas"].integer(), 1);
}

TEST_F(StoreTest, APodOnANodeEndsInItsOwnTime) {
  ASSERT_TRUE(store.create(web, parsed(R"({"spec":{"nodeName":"n"}})"), "test"));
  second = 5;
  ASSERT_TRUE(store.remove(web, {}, 30));
  EXPECT_EQ((*store.find(web))["metadata"]["deletionTimestamp"].text(), "2026-11-28T00:00:05Z");
  const std::string before = version(web);
  ASSERT_TRUE(store.remove(web, {}, 30));
  EXPECT_EQ(version(web), before);
  ASSERT_TRUE(store.remove(web));
  EXPECT_EQ(store.find(web), nullptr);
}

TEST_F(StoreTest, FinalizersHoldAnObject) {
  ASSERT_TRUE(store.create(cacerts, parsed(R"({"metadata":{"finalizers":["x/y"]}})"), "test"));
  ASSERT_TRUE(store.remove(cacerts));
  ASSERT_NE(store.find(cacerts), nullptr);
  EXPECT_TRUE((*store.find(cacerts))["metadata"].has("deletionTimestamp"));
  ASSERT_TRUE(store.update(cacerts, parsed(R"({"metadata":{"finalizers":[]}})"), "test"));
  EXPECT_EQ(store.find(cacerts), nullptr);
}

TEST_F(StoreTest, RemovesOnlyWhatTheCallerMeans) {
  ASSERT_TRUE(store.create(cacerts, {}, "test"));
  EXPECT_NE(why(store.remove(cacerts, {.uid = "another"}))
                .find("Precondition failed: UID in precondition: another"),
            std::string::npos);
  EXPECT_FALSE(store.remove(cacerts, {.version = "3"}));
  EXPECT_TRUE(store.remove(cacerts, {.version = version(cacerts)}));
  EXPECT_EQ(why(store.remove(cacerts)), "secrets \"cacerts\" not found");
}

TEST_F(StoreTest, ListsByNamespaceInOrder) {
  for (const char* ns : {"b", "a"}) {
    for (const char* name : {"2", "1"}) ASSERT_TRUE(store.create({"", "pods", ns, name}, {}, "test"));
    ASSERT_TRUE(store.create({"", "podtemplates", ns, "no"}, {}, "test"));
  }
  const auto names = [&](std::string_view ns) {
    std::string all;
    for (const Value* each : store.list("", "pods", ns))
      all += std::string((*each)["metadata"]["namespace"].text()) +
             std::string((*each)["metadata"]["name"].text()) + " ";
    return all;
  };
  EXPECT_EQ(names(""), "a1 a2 b1 b2 ");
  EXPECT_EQ(names("b"), "b1 b2 ");
  EXPECT_EQ(names("c"), "");
}

TEST_F(StoreTest, TellsOfChangesInOrderThoseOfListenersAfterwards) {
  std::vector<std::string> seen;
  store.listen([&](const Change& change) {
    const bool first = change.kind == Change::Kind::added && change.key == cacerts;
    EXPECT_EQ(first, first && store.create(web, {}, "listener"));
  });
  store.listen([&](const Change& change) {
    seen.push_back(std::to_string(int(change.kind)) + change.key.name);
    EXPECT_EQ((*change.object)["metadata"]["resourceVersion"].text(), std::to_string(change.version));
    EXPECT_EQ(change.kind == Change::Kind::modified, change.before != nullptr);
  });
  ASSERT_TRUE(store.create(cacerts, {}, "test"));
  ASSERT_TRUE(store.update(cacerts, parsed(R"({"data":{}})"), "test"));
  ASSERT_TRUE(store.remove(cacerts));
  EXPECT_EQ(seen, (std::vector<std::string>{"0cacerts", "0web", "1cacerts", "2cacerts"}));
}

TEST_F(StoreTest, RemembersForWatchesAndForgets) {
  ASSERT_TRUE(store.create(cacerts, {}, "test"));
  const auto from = store.version();
  ASSERT_TRUE(store.create(web, {}, "test"));
  ASSERT_EQ(store.since(from)->size(), 1U);
  EXPECT_EQ(store.since(from)->front().key, web);
  EXPECT_TRUE(store.since(store.version())->empty());
  for (int i = 0; i < 3000; ++i)
    ASSERT_TRUE(store.update(web, Value::object({{"data", Value::object({{"i", i}})}}), "test"));
  EXPECT_FALSE(store.since(from));
  EXPECT_TRUE(store.since(store.version() - 10));
}

}  // namespace
