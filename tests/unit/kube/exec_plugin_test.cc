#include "kube/exec_plugin.h"

#include <gtest/gtest.h>

namespace kube {
namespace {

using base::Kind;

ExecPlugin plugin() {
  ExecPlugin out;
  out.apiVersion = "client.authentication.k8s.io/v1";
  out.command = "aws-login";
  out.interactiveMode = "IfAvailable";
  return out;
}

std::string credential(const std::string& status) {
  return R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":)" + status +
         "}";
}

TEST(ExecPlugin, IsInteractiveByItsMode) {
  const std::vector<std::tuple<std::string, bool, std::optional<bool>>> cases = {
      {"IfAvailable", true, true}, {"IfAvailable", false, false}, {"Never", true, false},
      {"Never", false, false},     {"Always", true, true},        {"Always", false, std::nullopt}};
  for (const auto& [mode, terminal, expected] : cases) {
    ExecPlugin each = plugin();
    each.interactiveMode = mode;
    const auto got = interactive(each, terminal);
    ASSERT_EQ(got.has_value(), expected.has_value()) << mode;
    if (expected) {
      EXPECT_EQ(*got, *expected) << mode;
    } else {
      EXPECT_EQ(got.error().kind, Kind::usage);
    }
  }
}

TEST(ExecPlugin, LearnsTheClusterIfItWantsTo) {
  const json::Value cluster = json::Value::object({{"server", "https://h"}});
  EXPECT_EQ(
      execInfo(plugin(), true, cluster),
      R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":true}})");
  ExecPlugin curious = plugin();
  curious.provideClusterInfo = true;
  EXPECT_EQ(execInfo(curious, false, cluster),
            R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",)"
            R"("spec":{"interactive":false,"cluster":{"server":"https://h"}}})");
}

TEST(ExecPlugin, ItsCredentialIsRead) {
  const auto token = parseExecCredential(
      credential(R"({"token":"t","expirationTimestamp":"2026-11-24T01:02:03+01:00"})"), plugin());
  ASSERT_TRUE(token);
  EXPECT_EQ(token->token.reveal(), "t");
  EXPECT_EQ(base::formatTime(token->expires.value()), "2026-11-24T00:02:03Z");
  const auto pair = parseExecCredential(
      credential(R"({"clientCertificateData":"C","clientKeyData":"K","token":null})"), plugin());
  ASSERT_TRUE(pair);
  EXPECT_EQ(pair->clientCertificatePem, "C");
  EXPECT_EQ(pair->clientKeyPem.reveal(), "K");
  EXPECT_FALSE(pair->expires);
}

TEST(ExecPlugin, WhatElseItPrintsIsRefusedAndNeverQuoted) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "it did not print JSON"},
      {"s3cret", "it did not print JSON"},
      {"{\"s3cret\":1}", "it did not print an ExecCredential"},
      {R"({"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"s3cret"}})",
       "it printed apiVersion \"client.authentication.k8s.io/v1beta1\", the kubeconfig says "
       "client.authentication.k8s.io/v1"},
      {credential("null"), "its status holds neither a token nor a client certificate"},
      {credential(R"({"token":["s3cret"]})"), "its status holds neither a token nor a client certificate"},
      {credential(R"({"clientKeyData":"s3cret"})"),
       "it printed only one of a client certificate and its key"},
      {credential(R"({"token":"t","clientCertificateData":"s3cret"})"),
       "it printed only one of a client certificate and its key"},
      {credential(R"({"token":"t","expirationTimestamp":"s3cret"})"),
       "its expirationTimestamp is not a time"},
      {credential(R"({"token":"t","expirationTimestamp":12})"), "its expirationTimestamp is not a time"},
  };
  for (const auto& [printed, reason] : cases) {
    const auto got = parseExecCredential(printed, plugin());
    ASSERT_FALSE(got) << printed;
    EXPECT_EQ(got.error().kind, Kind::forbidden);
    EXPECT_EQ(got.error().message, "the credential plugin aws-login gave no credential");
    EXPECT_EQ(got.error().reason, reason);
  }
}

TEST(ExecPlugin, RunsWithItsEnvironmentAndWhatWeKnow) {
  ExecPlugin reader = plugin();
  reader.command = std::string(ICA_TEST_DATA) + "/kubeconfig/plugin.py";
  reader.args = {"to\"ken", "with space"};
  reader.env = {{"PLUGIN_SALT", "salt"}};
  reader.interactiveMode = "Never";
  reader.provideClusterInfo = true;
  const auto got = runPlugin(reader, json::Value::object({{"server", "https://h"}}));
  ASSERT_TRUE(got) << got.error().message << got.error().reason;
  EXPECT_EQ(got->token.reveal(), "to\"ken|with space|salt|https://h|False");
}

TEST(ExecPlugin, SaysHowToInstallWhatIsMissing) {
  ExecPlugin missing = plugin();
  missing.command = "no-such-credential-plugin";
  missing.installHint = "install it like this";
  const auto got = runPlugin(missing, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, Kind::forbidden);
  EXPECT_EQ(got.error().message, "the credential plugin no-such-credential-plugin gave no credential");
  EXPECT_EQ(got.error().hint, "install it like this");
}

TEST(ExecPlugin, ItsExitCodeIsSaid) {
  ExecPlugin failing = plugin();
  failing.command = "false";
  const auto got = runPlugin(failing, {});
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().reason, "it ended with exit code 1");
}

}  // namespace
}  // namespace kube
