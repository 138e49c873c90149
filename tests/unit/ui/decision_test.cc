#include <gtest/gtest.h>

#include "ui/decision_report.h"

namespace {

/// The steps that are left, on a narrow terminal and into a pipe.
TEST(PlanText, NumbersTheStepsAndSaysWhatBlocks) {
  plan::Decision decision;
  decision.kind = plan::Decision::Kind::blocked;
  decision.stage = plan::Stage::multiRoot;
  decision.towards = plan::Stage::bothRoots;
  decision.answers = {{"every proxy has X", 1, 2, {{trust::Blocker::Kind::no, "shop/a", "runs without it"}}}};
  std::vector<plan::Step> steps(10);
  for (auto& step : steps)
    step = {plan::Stage::bothRoots, "restart istiod", "new pods start from the secret", {}};
  const ui::PlanReport report{decision, steps};
  const std::string piped = ui::planText(report, ui::Style(false), 0);
  EXPECT_EQ(piped.rfind("Stage multi-root; 10 steps left.\n\n"
                        " 1. restart istiod\n    towards both-roots: new pods start from the secret\n\n"
                        " 2. restart istiod\n",
                        0),
            0u)
      << piped;
  const std::string end =
      "\n10. restart istiod\n    towards both-roots: new pods start from the secret\n\n"
      "Now blocked: every proxy has X (1 of 2)\n    shop/a: runs without it\n";
  EXPECT_TRUE(piped.ends_with(end)) << piped;
  const std::string narrow = ui::planText(report, ui::Style(false), 30);
  EXPECT_NE(
      narrow.find("\n 2. restart istiod\n    towards both-roots: new\n    pods start from the secret\n"),
      std::string::npos)
      << narrow;
}

}  // namespace
