#include "cli/permissions.h"

#include <gtest/gtest.h>

#include <functional>

#include "support/unused_api.h"

namespace {

/// An API server that reviews access; what `denies` says yes to is not allowed.
class Reviewer final : public support::UnusedApi {
 public:
  std::vector<base::Result<json::Value>> writeAll(const std::vector<kube::Write>& writes) override {
    std::vector<base::Result<json::Value>> answers;
    for (const auto& write : writes) {
      const auto& asked = write.body["spec"]["resourceAttributes"];
      if (broken) {
        answers.push_back(base::fail({base::Kind::unavailable, "no answer"}));
      } else {
        answers.push_back(
            json::Value::object({{"status", json::Value::object({{"allowed", !denies(asked)}})}}));
      }
    }
    return answers;
  }
  std::function<bool(const json::Value&)> denies = [](const json::Value&) { return false; };
  bool broken = false;
};

trust::Observation meshOf(trust::InstallationKind kind) {
  trust::Observation mesh;
  mesh.installation.kind = kind;
  mesh.installation.meshConfigs = {{"istio-system", "istio", "1", "", false}};
  return mesh;
}

std::string neededOf(Reviewer& api, const trust::Observation& mesh, const cli::Wanted& wanted) {
  const auto denied = cli::missingPermissions(api, mesh, wanted);
  EXPECT_TRUE(denied);
  std::string needed;
  for (const auto& entry : *denied) {
    if (entry.needed) needed += entry.what + "\n";
  }
  return needed;
}

TEST(Permissions, NothingIsMissingWhereAllIsAllowed) {
  Reviewer api;
  const auto denied =
      cli::missingPermissions(api, meshOf(trust::InstallationKind::sail), {.command = "rotate"});
  ASSERT_TRUE(denied);
  EXPECT_TRUE(denied->empty());
}

TEST(Permissions, OnlyWhatThisMeshAndThisCallNeedIsNeeded) {
  Reviewer api;
  api.denies = [](const json::Value& asked) {
    const auto verb = asked["verb"].text(), resource = asked["resource"].text();
    return (verb == "patch" && resource != "secrets") ||
           (verb == "get" && asked["name"].text() == "kube-system");
  };
  const auto sail = meshOf(trust::InstallationKind::sail), plain = meshOf(trust::InstallationKind::plain);
  const std::string journal = "patch configmaps \"istio-ca-rotation-journal\" in namespace istio-system\n",
                    istiod = "patch deployments.apps in namespace istio-system\n";
  EXPECT_EQ(neededOf(api, sail, {.command = "rotate", .restarts = false, .ownCa = false, .optional = false}),
            journal + istiod + "patch istios.sailoperator.io in the whole cluster\n");
  EXPECT_EQ(neededOf(api, plain, {.command = "rotate", .restarts = false, .ownCa = false, .optional = false}),
            "patch configmaps \"istio\" in namespace istio-system\n" + journal + istiod);
  EXPECT_EQ(neededOf(api, plain, {.command = "rotate", .restarts = true, .ownCa = true, .optional = true}),
            "get namespaces \"kube-system\" in the whole cluster\n"
            "patch configmaps \"istio\" in namespace istio-system\n" +
                journal +
                "patch daemonsets.apps in the whole cluster\n"
                "patch deployments.apps in namespace istio-system\n"
                "patch deployments.apps in the whole cluster\n"
                "patch pods in the whole cluster\n"
                "patch statefulsets.apps in the whole cluster\n");
  EXPECT_EQ(neededOf(api, sail, {.command = "verify"}), "");
  EXPECT_EQ(neededOf(api, sail, {}), "") << "nothing is needed for nothing";
}

TEST(Permissions, WhatCannotBeAskedIsAnError) {
  Reviewer api;
  api.broken = true;
  const auto denied =
      cli::missingPermissions(api, meshOf(trust::InstallationKind::sail), {.command = "rotate"});
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().kind, base::Kind::unavailable);
}

}  // namespace
