#include "rehearsal/selectors.h"

#include <gtest/gtest.h>

#include "rehearsal/tables.h"

namespace {

using rehearsal::Selector;

const char* const object =
    R"({"metadata":{"name":"web","namespace":"shop","labels":{"app":"web","tier":"front"}},
  "status":{"phase":"Running"},"spec":{"unschedulable":true}})";

TEST(Selector, Cases) {
  struct Case {
    const char *labels, *fields;
    bool matches;
  };
  const Case cases[] = {
      {"", "", true},
      {"app=web", "", true},
      {"app==web", "", true},
      {"app=db", "", false},
      {"app=web,tier=front", "", true},
      {"app=web,tier=back", "", false},
      {"app!=db", "", true},
      {"none!=db", "", true},
      {"app in (db, web),tier notin (back)", "", true},
      {"app in (db)", "", false},
      {"app notin (web)", "", false},
      {"none notin (web)", "", true},
      {"app", "", true},
      {"none", "", false},
      {"!none", "", true},
      {"!app", "", false},
      {"", "metadata.name=web", true},
      {"", "metadata.name=db", false},
      {"", "metadata.namespace=shop,status.phase=Running", true},
      {"", "status.phase!=Running", false},
      {"", "spec.nodeName=", true},
      {"", "spec.unschedulable=true", true},
  };
  for (const Case& each : cases) {
    const auto selector = Selector::parse(each.labels, each.fields);
    ASSERT_TRUE(selector) << each.labels << each.fields;
    EXPECT_EQ(selector->matches(*json::parse(object)), each.matches) << each.labels << each.fields;
  }
  for (const char* wrong : {"app in web", "=web", "app=web,,x=y", "a b"})
    EXPECT_FALSE(Selector::parse(wrong, "")) << wrong;
  EXPECT_FALSE(Selector::parse("", "metadata.name"));
}

TEST(HumanDuration, IsKubectls) {
  const std::pair<int, const char*> cases[] = {
      {-5, "<invalid>"}, {0, "0s"},       {119, "119s"},    {120, "2m"},
      {190, "3m10s"},    {600, "10m"},    {3600, "60m"},    {10800, "3h"},
      {12000, "3h20m"},  {28800, "8h"},   {100000, "27h"},  {172800, "2d"},
      {200000, "2d7h"},  {864000, "10d"}, {63072000, "2y"}, {70000000, "2y80d"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(rehearsal::humanDuration(base::Seconds(seconds)), text);
}

}  // namespace
