#include "rehearsal/watch.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rehearsal/tables.h"

namespace rehearsal {
namespace {

using json::Value;

Object labelled(const char* name, const char* app) {
  return std::make_shared<const Value>(Value::object(
      {{"metadata", Value::object({{"name", name}, {"labels", Value::object({{"app", app}})}})}}));
}

Watch watchOf(const char* labels, bool bookmarks = false) {
  return Watch({"", "pods", "shop", *Selector::parse(labels, ""), bookmarks,
                [](const Value& object, bool) { return object["metadata"]["name"]; }});
}

Change changeOf(Change::Kind kind, Object object, Object before = nullptr, const char* ns = "shop") {
  return {kind, {"", "pods", ns, "a"}, std::move(object), std::move(before), 7};
}

TEST(Watch, TellsOfWhatItsSelectorMeans) {
  using Kind = Change::Kind;
  struct Case {
    Change change;
    const char* told;
  };
  const auto web = labelled("a", "web"), other = labelled("a", "db");
  const Case cases[] = {
      {changeOf(Kind::added, web), "{\"type\":\"ADDED\",\"object\":\"a\"}\n"},
      {changeOf(Kind::added, other), ""},
      {changeOf(Kind::modified, web, web), "{\"type\":\"MODIFIED\",\"object\":\"a\"}\n"},
      {changeOf(Kind::modified, web, other), "{\"type\":\"ADDED\",\"object\":\"a\"}\n"},
      {changeOf(Kind::modified, other, web), "{\"type\":\"DELETED\",\"object\":\"a\"}\n"},
      {changeOf(Kind::modified, other, other), ""},
      {changeOf(Kind::removed, web), "{\"type\":\"DELETED\",\"object\":\"a\"}\n"},
      {changeOf(Kind::removed, other), ""},
      {changeOf(Kind::added, web, nullptr, "stock"), ""},
  };
  for (const auto& each : cases) {
    auto watch = watchOf("app=web");
    watch.tell(each.change);
    EXPECT_EQ(watch.take(), each.told);
    EXPECT_FALSE(watch.ended());
  }
}

TEST(Watch, BeginsWithWhatIsThereAndEndsWithItsError) {
  auto watch = watchOf("app=web", true);
  const auto web = labelled("a", "web"), other = labelled("b", "db");
  watch.begin({web.get(), other.get()}, 12, true);
  watch.bookmark(13, Value::object({{"kind", "Pod"}}));
  const auto text = watch.take();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << text;
  EXPECT_NE(text.find(R"("k8s.io/initial-events-end":"true")"), std::string::npos);
  EXPECT_NE(text.find(R"("resourceVersion":"13")"), std::string::npos);
  watch.fail(gone("too old").status());
  EXPECT_FALSE(watch.ended()) << "there is still something to say";
  EXPECT_NE(watch.take().find(R"("type":"ERROR")"), std::string::npos);
  EXPECT_TRUE(watch.ended());
  watch.tell(changeOf(Change::Kind::added, web));
  EXPECT_EQ(watch.take(), "") << "an ended watch is silent";
}

TEST(Tables, HaveKubectlsColumns) {
  struct Case {
    ApiKind kind;
    const char* object;
    const char* cells;
  };
  const Case cases[] = {
      {{"", "v1", "nodes", "Node"},
       R"({"metadata":{"name":"n","creationTimestamp":"2026-11-28T00:00:00Z"},"spec":{"unschedulable":true},
           "status":{"conditions":[{"type":"Ready","status":"True"}],"nodeInfo":{"kubeletVersion":"v1.34.0"}}})",
       R"(["n","Ready,SchedulingDisabled","<none>","60s","v1.34.0"])"},
      {{"batch", "v1", "jobs", "Job"},
       R"({"metadata":{"name":"j","creationTimestamp":"2026-11-28T00:00:00Z"},"spec":{"completions":3},
           "status":{"succeeded":2,"startTime":"2026-11-28T00:00:10Z"}})",
       R"(["j","Running","2/3","50s","60s"])"},
      {{"batch", "v1", "jobs", "Job"},
       R"({"metadata":{"name":"j"},"status":{"succeeded":1,"startTime":"2026-11-28T00:00:00Z",
           "completionTime":"2026-11-28T00:00:05Z","conditions":[{"type":"Complete","status":"True"}]}})",
       R"(["j","Complete","1/1","5s","<unknown>"])"},
      {{"", "v1", "namespaces", "Namespace"},
       R"({"metadata":{"name":"a"},"status":{"phase":"Terminating"}})",
       R"(["a","Terminating","<unknown>"])"},
      {{"", "v1", "services", "Service"},
       R"({"metadata":{"name":"s"},"spec":{"clusterIP":"10.96.0.1","ports":[{"port":80},{"port":53,"protocol":"UDP"}]}})",
       R"(["s","ClusterIP","10.96.0.1","<none>","80/TCP,53/UDP","<unknown>","<none>"])"},
  };
  const auto now = *base::parseTime("2026-11-28T00:01:00Z");
  for (const auto& each : cases) {
    const auto object = json::parse(each.object);
    ASSERT_TRUE(object);
    const auto table = makeTable(each.kind, nullptr, {&*object}, now, RowObject::metadata);
    const Value& row = table["rows"].items()[0];
    EXPECT_EQ(json::dump(row["cells"]), each.cells);
    EXPECT_EQ(row["cells"].items().size(), table["columnDefinitions"].items().size());
    EXPECT_EQ(row["object"]["kind"].text(), "PartialObjectMetadata");
  }
  const auto without = makeTable({"", "v1", "secrets", "Secret"}, nullptr, {}, now, RowObject::none, false);
  EXPECT_TRUE(without["columnDefinitions"].items().empty());
}

}  // namespace
}  // namespace rehearsal
