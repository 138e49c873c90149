#include <gtest/gtest.h>

#include <chrono>

#include "json/value.h"

namespace json {
namespace {

std::string reasonOf(const base::Result<Value>& result) {
  return result ? "accepted" : result.error().reason;
}

TEST(JsonParse, readsAndWritesBack) {
  struct Case {
    const char* text;
    const char* compact;
  };
  const Case cases[] = {
      {"null", "null"},
      {" true ", "true"},
      {"-0", "0"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551615", "18446744073709553000.0"},
      {"0.1", "0.1"},
      {"1e3", "1000.0"},
      {"1e-9999", "0.0"},
      {"\"\"", "\"\""},
      {R"("a\"\\\/\n\u00e9\ud83d\ude00")", "\"a\\\"\\\\/\\n\u00e9\U0001F600\""},
      {R"("\ude00\uD7FF")", "\"\uFFFD\uFFFD\uFFFD\uD7FF\""},
      {"[]", "[]"},
      {"{}", "{}"},
      {R"({"b":[1,{"c":null}],"a":"x"})", R"({"b":[1,{"c":null}],"a":"x"})"},
      {R"({"a":1,"b":2,"a":3})", R"({"a":3,"b":2})"},
      {R"(["[[[[", "\\", "\"1e99999"])", R"(["[[[[","\\","\"1e99999"])"},
  };
  for (const auto& [text, compact] : cases) {
    const auto value = parse(text);
    ASSERT_TRUE(value) << text << ": " << base::describe(value.error());
    EXPECT_EQ(dump(*value), compact) << text;
  }
}

TEST(JsonParse, refusesWhatIsNotJson) {
  using namespace std::string_view_literals;
  const std::string_view cases[] = {"",
                                    " ",
                                    "nul",
                                    "[1,]",
                                    "[1 2]",
                                    "{\"a\":1,}",
                                    "{a:1}",
                                    "'a'",
                                    "\"a",
                                    "\"a\nb\"",
                                    "[1] x",
                                    "{}\0{}"sv,
                                    "\0"sv,
                                    "01",
                                    "1.",
                                    "+1",
                                    "NaN",
                                    "[1] // c",
                                    "\xEF\xBB\xBF{}",
                                    "\"\xFF\"",
                                    "\"\xC0\x80\"",
                                    "\"\xED\xA0\x80\"",
                                    R"("\ud800")",
                                    R"("\x")"};
  for (const auto text : cases) {
    const auto value = parse(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().kind, base::Kind::failed);
    EXPECT_NE(value.error().message.find("at byte "), std::string::npos);
  }
}

// CVE-2024-38517: such numbers make the int arithmetic in Debian 12's RapidJSON underflow. "Never reach it"
// is what the reason shows: it is ours, and the offset is the number's begin, where RapidJSON would name its
// end.
TEST(JsonParse, hostileNumbersNeverReachRapidJson) {
  const std::string zeros(70, '0');
  struct Case {
    std::string number;
    const char* reason;
  };
  const Case cases[] = {
      {"1e12345", "a number with an exponent of more than 4 digits"},
      {"1e-2147483648", "a number with an exponent of more than 4 digits"},
      {"1E+00001", "a number with an exponent of more than 4 digits"},
      {"-0.0e-99999", "a number with an exponent of more than 4 digits"},
      {"0.0000001e-2147483639", "a number with an exponent of more than 4 digits"},
      {"1e1e99999", "a number with an exponent of more than 4 digits"},
      {"0." + zeros + "1e-9", "a number of more than 64 characters"},
      {"1" + zeros, "a number of more than 64 characters"},
      {std::string(1 << 20, '9'), "a number of more than 64 characters"},
  };
  for (const auto& [number, reason] : cases) {
    for (const char* frame : {"", "[", "{\"a\\\\\":", "[\"\\\"\",1,"}) {
      const auto value = parse(frame + number);
      EXPECT_EQ(reasonOf(value), reason) << frame << number.substr(0, 80);
      const auto offset = std::to_string(std::string_view(frame).size());
      ASSERT_FALSE(value);
      EXPECT_EQ(value.error().message, "not acceptable as JSON at byte " + offset);
    }
  }
  EXPECT_EQ(reasonOf(parse("1e9999")), "a number too large for a double");
  EXPECT_EQ(reasonOf(parse("-1.9e308")),
            "a number too large for a double");  // RapidJSON would make NaN of it
  EXPECT_TRUE(parse("0." + zeros.substr(0, 50) + "1e-9999"));
}

TEST(JsonParse, boundsDepthAndSize) {
  const auto nested = [](std::size_t depth, char open, char close) {
    return std::string(depth, open) + std::string(depth, close);
  };
  EXPECT_TRUE(parse(nested(64, '[', ']')));
  EXPECT_EQ(reasonOf(parse(nested(65, '[', ']'))), "nesting too deep");
  EXPECT_EQ(reasonOf(parse(std::string(20 << 20, '['))), "nesting too deep");
  EXPECT_EQ(reasonOf(parse(std::string(1 << 20, '{'))), "nesting too deep");
  EXPECT_TRUE(parse("[1]", {.bytes = 3, .depth = 1}));
  EXPECT_FALSE(parse("[[]]", {.bytes = 100, .depth = 1}));
  EXPECT_FALSE(parse("[12]", {.bytes = 3}));
}

TEST(JsonParse, largeObjectsStayLinear) {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i)
    text += "\"key" + std::to_string(i % 60'000) + "\":" + std::to_string(i) + ",";
  text.back() = '}';
  const auto value = parse(text);  // quadratic, this would take minutes: the test's time limit notices
  ASSERT_TRUE(value);
  ASSERT_EQ(value->members().size(), 60'000U);
  EXPECT_EQ(value->members()[0].first, "key0");
  EXPECT_EQ((*value)["key0"].integer(), 60'000);
  EXPECT_EQ((*value)["key59999"].integer(), 59'999);
}

TEST(JsonDump, isAlwaysJson) {
  Value value;
  value.set("bad", std::string("a\xFFz\xE2\x82")).set("\xC3", 1).set("infinite", 1e308 * 10);
  EXPECT_EQ(dump(value), "{\"bad\":\"a\uFFFDz\uFFFD\uFFFD\",\"\uFFFD\":1,\"infinite\":null}");
  EXPECT_TRUE(parse(dump(value)));
}

TEST(JsonDump, indents) {
  const auto value = parse(R"({"a":[1,{}],"b":{}})");
  ASSERT_TRUE(value);
  EXPECT_EQ(dumpPretty(*value), "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {}\n}");
}

TEST(JsonValue, readsAnythingSafely) {
  const auto pod = parse(R"({"spec":{"containers":[{"name":"app"}],"n":2.0,"f":2.5,"big":1e19}})");
  ASSERT_TRUE(pod);
  EXPECT_EQ((*pod)["spec"]["containers"].items().at(0)["name"].text(), "app");
  EXPECT_TRUE((*pod)["spec"]["containers"]["name"].isNull());
  EXPECT_TRUE((*pod)["no"]["such"]["thing"].items().empty());
  EXPECT_EQ((*pod)["spec"]["n"].integer(), 2);
  EXPECT_EQ((*pod)["spec"]["f"].integer(), std::nullopt);
  EXPECT_EQ((*pod)["spec"]["big"].integer(), std::nullopt);
  EXPECT_EQ((*pod)["spec"]["f"].string(), std::nullopt);
  EXPECT_FALSE((*pod)["spec"].boolean());
}

TEST(JsonValue, writes) {
  Value value(3);
  value.at("a").at("b").push(1).push("two");
  value.set("c", nullptr).set("a2", Value::object({{"x", 0.5}}));
  EXPECT_TRUE(value.has("c"));
  value.erase("c");
  value.erase("none");
  EXPECT_EQ(dump(value), R"({"a":{"b":[1,"two"]},"a2":{"x":0.5}})");
  EXPECT_EQ(Value(value), value);
}

}  // namespace
}  // namespace json
