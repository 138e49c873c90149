#include <gtest/gtest.h>

#include "json/yaml.h"

namespace json {
namespace {

std::string toJson(std::string_view yaml) {
  const auto value = parseYaml(yaml);
  return value ? dump(*value) : base::describe(value.error());
}

TEST(Yaml, readsTheCoreSchema) {
  struct Case {
    const char* yaml;
    const char* json;
  };
  const Case cases[] = {
      {"", "null"},
      {"# nothing\n", "null"},
      {"a: 1", R"({"a":1})"},
      {"[~, null, True, false, yes, 'true', \"1\", !!str 5]",
       R"([null,null,true,false,"yes","true","1","5"])"},
      {"[0x1F, 0o17, 017, +3, -3, 1e3, .5, 1., 1_000, 12:30, 0x-1]",
       R"([31,15,17,3,-3,1000.0,0.5,1.0,"1_000","12:30","0x-1"])"},
      {"[.inf, .nan, inf, nan, -, 2020-01-01]", R"([".inf",".nan","inf","nan","-","2020-01-01"])"},
      {"99999999999999999999", "100000000000000000000.0"},
      {"1: a\ntrue: b\n'': c", R"({"1":"a","true":"b","":"c"})"},
      {"a: |\n  x\n  y\nb: >-\n  x\n  y\n", R"({"a":"x\ny\n","b":"x y"})"},
      {"a:\n- x\n- y: 1\n  z: 2\n", R"({"a":["x",{"y":1,"z":2}]})"},
      {"a: &x {b: 1}\nc: *x\n", R"({"a":{"b":1},"c":{"b":1}})"},
      {"&k key: v\nother: *k\n", R"({"key":"v","other":"key"})"},
      {"d: &d {a: 1, b: 2}\ne:\n  b: 3\n  <<: *d\n", R"({"d":{"a":1,"b":2},"e":{"b":3,"a":1}})"},
      {"'<<': 3", R"({"<<":3})"},
      {"{a: [], b: {}, c: , d: ''}", R"({"a":[],"b":{},"c":null,"d":""})"},
      {"---\na: 1\n---\n", R"({"a":1})"},
  };
  for (const auto& [yaml, json] : cases) EXPECT_EQ(toJson(yaml), json) << yaml;
}

TEST(Yaml, saysWhereItRefuses) {
  struct Case {
    const char* yaml;
    const char* error;
  };
  const Case cases[] = {
      {"a: 1\nb: 2\na: 3\n", "not acceptable as YAML at line 3, column 1: the key 'a' again"},
      {"a: [1, 2\nb: 3", "not acceptable as YAML at line 2, column 2: end of sequence flow not found"},
      {"? [a]\n: b", "not acceptable as YAML at line 1, column 3: a key that is not a scalar"},
      {"a: &x [*x]", "not acceptable as YAML at line 1, column 8: an alias inside of what it stands for"},
      {"a: !ruby/object x", "not acceptable as YAML at line 1, column 4: the unknown tag !ruby/object"},
      {"<<: 3", "not acceptable as YAML at line 1, column 5: '<<' with something else than mappings"},
      {"a: \xFF", "not acceptable as YAML: it is not UTF-8"},
      {"a: b\x04\nc: d", "not acceptable as YAML: it holds a control character"},
      {"a: 1\n---\nb: 2\n", "not acceptable as YAML: there is more than one document"},
  };
  for (const auto& [yaml, error] : cases) {
    EXPECT_EQ(toJson(yaml), error) << yaml;
    const auto value = parseYaml(yaml);
    EXPECT_TRUE(!value && value.error().kind == base::Kind::usage);
  }
}

TEST(Yaml, refusesAnAliasOfNothing) {
  // yaml-cpp 0.8 appends the name.
  EXPECT_TRUE(toJson("a: *x").starts_with(
      "not acceptable as YAML at line 1, column 4: the referenced anchor is not defined"));
}

TEST(Yaml, boundsAliasesAndDepth) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int j = 0; j < 9; ++j) bomb += "," + last;
    bomb += "]\n";
  }
  EXPECT_NE(toJson(bomb).find("aliases that expand to too much"), std::string::npos);
  EXPECT_NE(toJson(std::string(65, '[') + std::string(65, ']')).find("nesting too deep"), std::string::npos);
  const std::string half = std::string(33, '[') + std::string(33, ']');
  EXPECT_TRUE(parseYaml("[&a " + half + ", *a]"));
  EXPECT_NE(toJson("[&a " + half + ", " + std::string(33, '[') + "*a" + std::string(33, ']') + "]")
                .find("nesting too deep"),
            std::string::npos);
  EXPECT_FALSE(parseYaml(std::string(100'000, '[')));
  EXPECT_FALSE(parseYaml(std::string(100'000, '{')));
  EXPECT_TRUE(parseYaml(std::string(64, '[') + std::string(64, ']')));
}

TEST(Yaml, writesForPeople) {
  const auto value =
      parse(R"({"kind":"Secret","items":[{"name":"a","ports":[1,2]},[],"x"],"empty":{},"text":"a\nb\n",
    "meshed":true,"no":"yes","version":"1.20","time":"2026-01-01","colon":"a: b","url":"https://x:1/y","none":null})");
  ASSERT_TRUE(value);
  EXPECT_EQ(dumpYaml(*value), R"(kind: Secret
items:
- name: a
  ports:
  - 1
  - 2
- []
- x
empty: {}
text: |
  a
  b
meshed: true
"no": "yes"
version: "1.20"
time: "2026-01-01"
colon: "a: b"
url: https://x:1/y
none: null
)");
}

TEST(Yaml, readsBackWhatItWrote) {
  const std::string_view texts[] = {"",
                                    " ",
                                    "a ",
                                    " a",
                                    "a: b",
                                    "a #b",
                                    "#a",
                                    "- a",
                                    "a\n",
                                    "a\n\n\n",
                                    "a\nb",
                                    "\n",
                                    "\na",
                                    " a\nb\n",
                                    "a\n \nb",
                                    "a\n\n\nb\n",
                                    "a\n  b",
                                    "\ta\nb",
                                    "a\r\nb",
                                    "a\tb",
                                    "'a'",
                                    "\"a\"",
                                    "\\",
                                    "null",
                                    "Yes",
                                    "0x1F",
                                    "1e3",
                                    ".5",
                                    "-1",
                                    "+1",
                                    "...",
                                    "---",
                                    "\x01\x7F",
                                    "\x04x",
                                    "\u00e9",
                                    "\u0085x",
                                    "\u2028x",
                                    "\uFEFFx",
                                    "\U0001F600\nb",
                                    "*a",
                                    "&a",
                                    "!a",
                                    "%a",
                                    "@a",
                                    "`a",
                                    "a:",
                                    "a,b",
                                    "[a]",
                                    "{a}",
                                    "? a",
                                    "<<",
                                    "a\n---\n",
                                    "a\n...\nb",
                                    "|\n a",
                                    "a\n#b\n",
                                    "a: \nb",
                                    "=",
                                    "0123456789012345678901234567890"};
  for (const auto text : texts) {
    Value nested =
        Value(Object{{std::string(text), 1}, {"list", Array{Value(text), Value(Array{Value(text)})}}});
    for (const Value& value : {Value(text), nested, Value(Array{nested, Value(text), nested})}) {
      const auto yaml = dumpYaml(value);
      const auto back = parseYaml(yaml);
      ASSERT_TRUE(back) << yaml << base::describe(back.error());
      EXPECT_EQ(*back, value) << yaml;
    }
  }
}

}  // namespace
}  // namespace json
