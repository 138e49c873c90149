#include "cli/look_until.h"

#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace {

/// Looks at a number that grows by one each time, and waits for it to be 3.
class LookUntil : public testing::Test {
 protected:
  base::Result<cli::LookedUntil<int>> look(bool wait, const std::string& timeout = "5m") {
    options_.add("timeout", timeout);
    if (wait) options_.add("wait", "true");
    cli::Context context(terminal_, clock_, {}, options_, "kubectl istio-ca");
    return cli::lookUntil(context, options_,
                          cli::Looks<int>{[this]() -> base::Result<int> {
                                            ++seen_;
                                            if (seen_ == failsAt_) return base::fail(error_);
                                            return seen_;
                                          },
                                          [](const int& seen) -> std::optional<ui::Waiting> {
                                            if (seen >= 3) return std::nullopt;
                                            return ui::Waiting{"it is 3", std::size_t(seen), 3, {"more"}};
                                          }});
  }

  std::string said_;
  ui::Terminal terminal_{{nullptr, false, false, 80},
                         {[this](std::string_view text) -> base::Status {
                            said_ += text;
                            return {};
                          },
                          false, false, 80},
                         false};
  test::FakeClock clock_;
  cli::Options options_;
  int seen_ = 0, failsAt_ = 0;
  base::Error error_{base::Kind::unavailable, "nobody answers"};
};

TEST_F(LookUntil, WithoutWaitOneLookIsAll) {
  const auto last = look(false);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->seen, 1);
  EXPECT_FALSE(last->missing);
  EXPECT_TRUE(clock_.pauses().empty());
}

TEST_F(LookUntil, WaitsUntilNothingIsMissing) {
  const auto last = look(true);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->seen, 3);
  EXPECT_FALSE(last->missing);
  EXPECT_EQ(clock_.pauses().size(), 2U);
  EXPECT_NE(said_.find("it is 3 (1 of 3)"), std::string::npos) << said_;
}

TEST_F(LookUntil, GivesUpAtTheTimeoutWithWhatIsMissing) {
  const auto last = look(true, "1s");
  ASSERT_TRUE(last);
  EXPECT_EQ(last->seen, 2);
  ASSERT_TRUE(last->missing);
  const auto error = cli::notWithin(options_, "not", *last->missing, "");
  EXPECT_EQ(error.kind, base::Kind::timedOut);
  EXPECT_EQ(base::describe(error), "not within 1s: it is 3: more");
}

TEST_F(LookUntil, AServerThatDoesNotAnswerIsWaitedForAndAnyOtherErrorEndsIt) {
  failsAt_ = 1;
  EXPECT_TRUE(look(true));
  EXPECT_NE(said_.find("nobody answers"), std::string::npos) << said_;
  seen_ = 0;
  error_.kind = base::Kind::forbidden;
  EXPECT_EQ(look(true).error().kind, base::Kind::forbidden);
}

TEST_F(LookUntil, AFileIsNotWaitedFor) {
  options_.add("wait", "true");
  EXPECT_TRUE(cli::checkWait(options_));
  options_.add("observation", "mesh.json");
  EXPECT_EQ(cli::checkWait(options_).error().kind, base::Kind::usage);
}

}  // namespace
