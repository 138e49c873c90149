#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "doctor/hazards.h"
#include "doctor/manifest.h"
#include "doctor/needs.h"
#include "doctor/page.h"

namespace {

/// Compares a file of the repository with what the tables give; with ICA_UPDATE=1 in the environment it is
/// written anew instead.
void holds(const std::string& file, const std::string& wanted) {
  const auto path = std::string(ICA_SOURCE) + "/" + file;
  if (std::getenv("ICA_UPDATE") != nullptr) std::ofstream(path) << wanted;
  std::stringstream found;
  found << std::ifstream(path).rdbuf();
  EXPECT_EQ(found.str(), wanted) << file << " is not what its table says: run this test with ICA_UPDATE=1";
}

TEST(Documents, FindingsPageIsWhatTheTableSays) {
  holds("docs/findings.md", doctor::findingsPage());
}

TEST(Documents, RolesAreWhatTheTableSays) {
  holds("manifests/rbac.yaml", doctor::rbacManifest());
}

TEST(Hazards, RowsAreWholeAndInOrder) {
  std::string last;
  std::set<std::string_view> used;
  for (const auto& hazard : doctor::hazards()) {
    const std::string code(hazard.code);
    EXPECT_LT(last, code);
    last = code;
    ASSERT_EQ(code.size(), 7U) << code;
    EXPECT_EQ(code.substr(0, 3), "ICA");
    EXPECT_EQ(doctor::groupOf(hazard).digits, code.substr(3, 2)) << code;
    used.insert(doctor::groupOf(hazard).digits);
    EXPECT_TRUE(hazard.find) << code;
    EXPECT_FALSE(hazard.title.empty()) << code;
    for (const auto text : {hazard.why, hazard.remedy}) {
      ASSERT_FALSE(text.empty()) << code;
      EXPECT_TRUE(text.ends_with('.')) << code << ": a whole sentence: " << text;
    }
  }
  EXPECT_EQ(used.size(), doctor::groups().size());
}

TEST(Needs, ViewersReadNoSecretAndNobodyMayDoEverything) {
  for (const auto& need : doctor::needs()) {
    for (const auto verb : need.verbs) EXPECT_NE(verb, "*");
    for (const auto resource : need.resources) {
      EXPECT_NE(resource, "*");
      if (resource == "secrets") {
        EXPECT_FALSE(need.everywhere) << need.purpose;
        EXPECT_FALSE(doctor::concerns(need, "verify"));
      }
    }
    EXPECT_FALSE(need.commands.empty()) << need.purpose;
    for (const auto command : {"status", "plan", "doctor", "verify"}) {
      if (!doctor::concerns(need, command)) continue;
      for (const auto verb : need.verbs) {
        const bool stream = need.resources.front() == "pods/portforward";
        EXPECT_TRUE(verb == "get" || verb == "list" || stream) << command << " must not " << verb;
      }
    }
  }
}

TEST(Needs, AskAboutEachVerbResourceAndName) {
  trust::Observation mesh;
  mesh.installation.ns = "istio-2";
  mesh.installation.meshConfigs = {{"istio-2", "istio-canary", "1", "", false}};
  std::string asked;
  for (const auto& need : doctor::needs()) {
    if (need.only != doctor::Only::plain && need.resources.front() != "pods/portforward") continue;
    for (const auto& ask : doctor::asksOf(need, mesh)) asked += doctor::describe(ask) + "\n";
  }
  EXPECT_EQ(asked,
            "get pods/portforward in the whole cluster\n"
            "create pods/portforward in the whole cluster\n"
            "patch configmaps \"istio-canary\" in namespace istio-2\n");
}

}  // namespace
