#include "mesh/envoy_secrets.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/text.h"
#include "support/data.h"

namespace {

using base::Kind;
using json::Value;

// The files are recorded from Envoy 1.40 and istioctl 1.31, all of the same proxy.
class RecordedDump : public testing::TestWithParam<const char*> {};

TEST_P(RecordedDump, GivesTheSameSecrets) {
  const auto secrets = mesh::parseEnvoySecrets(support::data("envoy/" + std::string(GetParam())));
  ASSERT_TRUE(secrets) << base::describe(secrets.error());
  ASSERT_EQ(secrets->chain.size(), 2U) << "the leaf, and the root bundle that istiod appends";
  ASSERT_EQ(secrets->roots.size(), 1U);
  EXPECT_EQ(secrets->leaf().serial(), "1204f5ce3207dd5ca0e363c6cf770f7f");
  EXPECT_EQ(secrets->leaf().uris(), std::vector<std::string>{"spiffe://cluster.local/ns/shop/sa/default"});
  EXPECT_EQ(secrets->roots[0].subject(), "O = cluster.local");
  EXPECT_EQ(secrets->chain[1], secrets->roots[0]);
  EXPECT_EQ(secrets->version, "2026-11-24T01:13:25Z/1");
  EXPECT_EQ(secrets->lastUpdated, "2026-11-24T01:13:25.684Z");
  EXPECT_FALSE(secrets->warming);
}

INSTANTIATE_TEST_SUITE_P(Forms, RecordedDump,
                         testing::Values("masked.json", "whole.json", "resource.json", "istioctl.json"),
                         [](const auto& form) {
                           return std::string(form.param, std::string_view(form.param).find('.'));
                         });

/// The recorded dump as istioctl prints it, changed.
std::string changed(const std::function<void(Value& active, Value& dump)>& change) {
  auto dump = support::jsonData("envoy/istioctl.json");
  auto active = dump["dynamicActiveSecrets"];
  change(active, dump);
  if (!active.isNull()) dump.set("dynamicActiveSecrets", active);
  return json::dump(dump);
}

Value only(const Value& active, std::string_view name) {
  for (const auto& secret : active.items()) {
    if (secret["name"].text() == name) return secret;
  }
  return {};
}

Value withRoots(Value secret, const std::string& pem) {
  secret.at("secret")
      .at("validationContext")
      .set("trustedCa", Value::object({{"inlineBytes", base::base64Encode(pem)}}));
  return secret;
}

TEST(EnvoySecrets, ReadsSecretsByNameWhateverTheirOrder) {
  const auto dump = changed([](Value& active, Value&) {
    auto other = Value::object({{"name", "kubernetes://shop-tls"}, {"secret", Value::object()}});
    active = Value::array({std::move(other), only(active, "ROOTCA"), only(active, "default")});
  });
  const auto secrets = mesh::parseEnvoySecrets(dump);
  ASSERT_TRUE(secrets) << base::describe(secrets.error());
  EXPECT_EQ(secrets->leaf().serial(), "1204f5ce3207dd5ca0e363c6cf770f7f");
}

TEST(EnvoySecrets, KeepsEachRootOnceInItsOrder) {
  const auto other = support::data("pki/unusual.pem");
  const auto dump = changed([&](Value& active, Value&) {
    const auto pem = *base::base64Decode(
        only(active, "ROOTCA")["secret"]["validationContext"]["trustedCa"]["inlineBytes"].text());
    active =
        Value::array({only(active, "default"), withRoots(only(active, "ROOTCA"), other + pem + "\n" + pem)});
  });
  const auto secrets = mesh::parseEnvoySecrets(dump);
  ASSERT_TRUE(secrets) << base::describe(secrets.error());
  ASSERT_GE(secrets->roots.size(), 2U);
  EXPECT_EQ(secrets->roots.back().subject(), "O = cluster.local");
  EXPECT_NE(secrets->roots.front(), secrets->roots.back());
}

TEST(EnvoySecrets, WarmingCountsForTheTwoSecretsOnly) {
  for (const auto& [name, warming] :
       {std::pair("default", true), {"ROOTCA", true}, {"kubernetes://x", false}}) {
    const auto dump = changed([name = name](Value&, Value& whole) {
      whole.set("dynamicWarmingSecrets", Value::array({Value::object({{"name", name}})}));
    });
    const auto secrets = mesh::parseEnvoySecrets(dump);
    ASSERT_TRUE(secrets);
    EXPECT_EQ(secrets->warming, warming) << name;
  }
}

struct Bad {
  const char* name;
  std::string dump;
  Kind kind;
  const char* says;
};

std::vector<Bad> badDumps() {
  const auto without = [](const char* name) {
    return changed([name](Value& active, Value&) {
      active = Value::array({only(active, std::string_view(name) == "default" ? "ROOTCA" : "default")});
    });
  };
  const auto roots = [](Value value) {
    return changed([value](Value& active, Value&) {
      auto secret = only(active, "ROOTCA");
      secret.at("secret").set("validationContext", value);
      active = Value::array({only(active, "default"), secret});
    });
  };
  const auto trusted = [&](Value source) { return roots(Value::object({{"trustedCa", std::move(source)}})); };
  return {
      {"NotJson", "upstream connect error", Kind::usage, "no dump of Envoy's secrets"},
      {"Cut", support::data("envoy/masked.json").substr(0, 3000), Kind::usage, "no dump of Envoy's secrets"},
      {"OtherJson", R"({"items":[]})", Kind::usage, "no dump of Envoy's secrets"},
      {"NoConfigs", R"({"configs":[]})", Kind::usage, "no secrets"},
      {"NoSecrets", R"({"configs":[{"@type":"type.googleapis.com/envoy.admin.v3.SecretsConfigDump"}]})",
       Kind::usage, "no secret default"},
      {"Ztunnel", R"({"certificates":[{"identity":"spiffe://x"}]})", Kind::unsupported, "ztunnel"},
      {"NoDefault", without("default"), Kind::usage, "no secret default"},
      {"NoRootca", without("ROOTCA"), Kind::usage, "no secret ROOTCA"},
      {"OnlyWarming", R"({"dynamicActiveSecrets":[],"dynamicWarmingSecrets":[{"name":"default"}]})",
       Kind::unproven, "still warming"},
      {"Spiffe", roots(support::yaml("{customValidatorConfig: {name: envoy.tls.cert_validator.spiffe}}")),
       Kind::unsupported, "envoy.tls.cert_validator.spiffe"},
      {"NoBytes", trusted(Value::object()), Kind::usage, "trusted_ca of secret ROOTCA has no inline_bytes"},
      {"NotBase64", trusted(support::yaml("{inlineBytes: '***'}")), Kind::usage, "not base64"},
      {"File", trusted(support::yaml("{filename: /etc/roots.pem}")), Kind::unsupported, "/etc/roots.pem"},
      {"NotPem", trusted(support::yaml("{inlineBytes: aGVsbG8=}")), Kind::usage,
       "trusted_ca of secret ROOTCA"},
      {"TwoDifferent", changed([](Value& active, Value&) {
         auto twin = only(active, "default");
         twin.at("secret").set("name", "twin");
         active.push(twin);
       }),
       Kind::usage, "two different secrets default"},
  };
}

TEST(EnvoySecrets, SaysWhatIsWrong) {
  for (const auto& bad : badDumps()) {
    const auto secrets = mesh::parseEnvoySecrets(bad.dump);
    ASSERT_FALSE(secrets) << bad.name;
    EXPECT_EQ(secrets.error().kind, bad.kind) << bad.name;
    EXPECT_NE(base::describe(secrets.error()).find(bad.says), std::string::npos)
        << bad.name << ": " << base::describe(secrets.error());
  }
}

}  // namespace
