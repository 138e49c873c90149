#include "rotate/two_looks.h"

#include <gtest/gtest.h>

namespace {

using base::Millis;

plan::Decision due(plan::Action action, std::string title = "the step") {
  plan::Decision decision;
  decision.kind = plan::Decision::Kind::act;
  decision.step = plan::Step{.title = std::move(title), .action = std::move(action)};
  return decision;
}

plan::Decision write() {
  return due(plan::UpdateCaSecret{"7", {}, {}, "", 0});
}

trust::Observation mesh(const char* version) {
  trust::Observation seen;
  trust::CaSecret secret;
  secret.resourceVersion = version;
  seen.cacerts = std::optional(secret);
  return seen;
}

TEST(TwoLooks, TheSecondOneLongEnoughAfterTheFirstIsEnough) {
  struct Case {
    const char* name;
    plan::Decision first, second;
    const char* version;  // of the CA secret at the second
    Millis began;         // the second; the first ends at 1000
    bool enough;
  };
  const auto restart = due(plan::RestartIstiod{"istio-system", "istiod", ""});
  for (const auto& [name, first, second, version, began, enough] :
       {Case{"a write", write(), write(), "7", Millis{3000}, true},
        Case{"a write, too soon", write(), write(), "7", Millis{2999}, false},
        Case{"a write on another version", write(), write(), "8", Millis{9000}, false},
        Case{"another step", write(), due(write().step->action, "another"), "7", Millis{9000}, false},
        Case{"a restart", restart, restart, "7", Millis{1000}, true}}) {
    rotate::TwoLooks looks;
    EXPECT_FALSE(looks.found(first, mesh("7"), Millis{0}, Millis{1000})) << name;
    EXPECT_EQ(looks.found(second, mesh(version), began, began + Millis{500}), enough) << name;
  }
}

TEST(TwoLooks, WhatIsFoundTooSoonIsFoundAgainLater) {
  rotate::TwoLooks looks;
  EXPECT_FALSE(looks.found(write(), mesh("7"), Millis{0}, Millis{1000}));
  EXPECT_EQ(looks.until(*write().step, Millis{1500}), Millis{1500});
  EXPECT_FALSE(looks.found(write(), mesh("7"), Millis{1500}, Millis{2500}));
  EXPECT_TRUE(looks.found(write(), mesh("7"), Millis{3000}, Millis{4000})) << "the first one still counts";
  looks.forget();
  EXPECT_FALSE(looks.found(write(), mesh("7"), Millis{9000}, Millis{9500})) << "something else was found";
}

TEST(TwoLooks, WhatChangesNobodysTrustRestsOnOne) {
  auto once = write();
  once.step->trustStays = true;
  rotate::TwoLooks looks;
  EXPECT_TRUE(looks.found(once, mesh("7"), Millis{0}, Millis{1000}));
}

}  // namespace
