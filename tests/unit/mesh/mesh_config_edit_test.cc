#include "mesh/mesh_config_edit.h"

#include <gtest/gtest.h>

namespace {

struct EditCase {
  const char* name;
  const char* before;
  const char* after;
};

class MeshConfigEditTest : public testing::TestWithParam<EditCase> {};

TEST_P(MeshConfigEditTest, ChangesOneNodeAndKeepsAllOtherBytes) {
  const auto edited = mesh::withXdsAgent(GetParam().before);
  ASSERT_TRUE(edited) << base::describe(edited.error());
  EXPECT_EQ(*edited, GetParam().after);
  const auto again = mesh::withXdsAgent(*edited);
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, *edited) << "a second edit changes nothing";
}

INSTANTIATE_TEST_SUITE_P(
    Styles, MeshConfigEditTest,
    testing::Values(
        EditCase{"Empty", "", "defaultConfig:\n  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n"},
        EditCase{"NoDefaultConfig", "trustDomain: cluster.local # ours\n",
                 "trustDomain: cluster.local # ours\ndefaultConfig:\n  proxyMetadata:\n    "
                 "PROXY_CONFIG_XDS_AGENT: \"true\"\n"},
        EditCase{"NoFinalNewline", "trustDomain: a",
                 "trustDomain: a\ndefaultConfig:\n  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n"},
        EditCase{
            "IstiosOwn",
            "defaultConfig:\n  discoveryAddress: istiod.istio-system.svc:15012\n  tracing:\n    zipkin: {}\n"
            "enablePrometheusMerge: true\n",
            "defaultConfig:\n  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n  discoveryAddress: "
            "istiod.istio-system.svc:15012\n  tracing:\n    zipkin: {}\nenablePrometheusMerge: true\n"},
        EditCase{
            "OtherMetadata", "defaultConfig:\n    proxyMetadata:\n        A: b\n    concurrency: 2\nx: 1\n",
            "defaultConfig:\n    proxyMetadata:\n        PROXY_CONFIG_XDS_AGENT: \"true\"\n        A: b\n   "
            " concurrency: "
            "2\nx: 1\n"},
        EditCase{"EmptyMetadata", "defaultConfig:\n  proxyMetadata: {}\n",
                 "defaultConfig:\n  proxyMetadata: {PROXY_CONFIG_XDS_AGENT: \"true\"}\n"},
        EditCase{"FlowMetadata", "defaultConfig:\n  proxyMetadata: {A: b} # kept\n",
                 "defaultConfig:\n  proxyMetadata: {PROXY_CONFIG_XDS_AGENT: \"true\", A: b} # kept\n"},
        EditCase{"FlowConfig", "defaultConfig: {concurrency: 2}\n",
                 "defaultConfig: {proxyMetadata: {PROXY_CONFIG_XDS_AGENT: \"true\"}, concurrency: 2}\n"},
        EditCase{"TurnedOff",
                 "defaultConfig:\n  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"false\"\n    B: c\n",
                 "defaultConfig:\n  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n    B: c\n"},
        EditCase{"QuotedKeys",
                 "\"defaultConfig\":\n  'proxyMetadata':\n    \"PROXY_CONFIG_XDS_AGENT\": false\n",
                 "\"defaultConfig\":\n  'proxyMetadata':\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n"},
        EditCase{"NullMetadata", "defaultConfig:\n  proxyMetadata: null\n  a: b\n",
                 "defaultConfig:\n  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n  a: b\n"},
        EditCase{
            "CommentsBetween",
            "# top\ndefaultConfig:\n  # inner\n\n  proxyMetadata:\n    # deepest\n    A: b\n",
            "# top\ndefaultConfig:\n  # inner\n\n  proxyMetadata:\n    PROXY_CONFIG_XDS_AGENT: \"true\"\n   "
            " # deepest\n    A: "
            "b\n"}),
    [](const auto& test) { return test.param.name; });

TEST(MeshConfigEditTest, WhatItCannotEditSafelyItRefusesWithWhatToDo) {
  for (const auto* text :
       {"[]", "defaultConfig: &a {b: c}\n", "defaultConfig: *x\n", "defaultConfig: 5\n",
        "{defaultConfig: {}}\n", "defaultConfig:\n  proxyMetadata: &m\n    A: b\n", "a: b\r\nc: d\r\n",
        "defaultConfig: {proxyMetadata: {A: b}}\n", "text: |\n  defaultConfig:\ndefaultConfig: |\n  x\n"}) {
    const auto edited = mesh::withXdsAgent(text);
    ASSERT_FALSE(edited) << text << "\n->\n" << *edited;
    EXPECT_FALSE(edited.error().message.empty());
  }
}

}  // namespace
