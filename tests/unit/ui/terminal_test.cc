#include "ui/terminal.h"

#include <gtest/gtest.h>

#include "ui/progress.h"
#include "ui/prompt.h"

namespace {

class FakeClock final : public base::Clock {
 public:
  base::Time now() const override { return base::Time(base::Seconds(1'800'000'000) + seconds()); }
  base::Millis elapsed() const override { return at; }
  base::Status pause(base::Millis duration) override {
    at += duration;
    return {};
  }
  base::Seconds seconds() const { return std::chrono::duration_cast<base::Seconds>(at); }
  base::Millis at{0};
};

ui::Stream into(std::string& text, bool terminal, std::size_t width = 60) {
  return {[&text](std::string_view bytes) -> base::Status {
            text += bytes;
            return {};
          },
          terminal, terminal, width};
}

TEST(Style, WhoDecidesAboutColour) {
  struct Case {
    ui::ColourChoice choice;
    bool terminal, noColour, dumb, wanted;
  };
  const Case cases[] = {
      {ui::ColourChoice::automatic, true, false, false, true},
      {ui::ColourChoice::automatic, false, false, false, false},
      {ui::ColourChoice::automatic, true, true, false, false},
      {ui::ColourChoice::automatic, true, false, true, false},
      {ui::ColourChoice::always, false, true, true, true},
      {ui::ColourChoice::never, true, false, false, false},
  };
  for (const Case& c : cases)
    EXPECT_EQ(ui::wantsColour(c.choice, c.terminal, {c.noColour, c.dumb}), c.wanted);
  EXPECT_EQ(ui::Style(true).paint(ui::Colour::red, ""), "");
  EXPECT_EQ(ui::Style(false).paint(ui::Colour::red, "x"), "x");
}

TEST(Stream, KeepsItsFirstFailureAndStaysSilent) {
  int calls = 0;
  ui::Stream stream(
      [&calls](std::string_view) -> base::Status {
        ++calls;
        return base::fail({base::Kind::failed, "cannot write", "disk full"});
      },
      false, false, 80);
  stream.write("a");
  stream.write("b");
  EXPECT_EQ(calls, 1);
  ASSERT_FALSE(stream.status());
  EXPECT_EQ(stream.status().error().reason, "disk full");
}

TEST(Messages, SayWhatWhyAndWhatToDo) {
  std::string text;
  ui::Stream stream = into(text, false);
  ui::printError(stream,
                 {base::Kind::usage, "cannot read ca-cert.pem", "No such\x1b[31m file", "pass --ca DIR"});
  ui::printWarning(stream, "expires soon");
  EXPECT_EQ(text,
            "error: cannot read ca-cert.pem: No such\\x1b[31m file\n"
            "  hint: pass --ca DIR\n"
            "warning: expires soon\n");
}

TEST(Prompt, RefusesWithoutATerminal) {
  std::string text;
  ui::Terminal terminal{into(text, false), into(text, false), false};
  const auto answer = ui::confirm(terminal, "Restart istiod?", "pass --yes");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, base::Kind::usage);
  EXPECT_EQ(answer.error().hint, "pass --yes");
  EXPECT_FALSE(ui::askNewPassphrase(terminal, "the passphrase", "pass --passphrase-file"));
  EXPECT_EQ(text, "");
}

const ui::Waiting threeMissing{"every proxy trusts it", 2, 5, {"shop/a: no", "shop/b: no", "shop/c: no"}};

TEST(Progress, PlainPrintsChangesOnly) {
  std::string text;
  ui::Stream stream = into(text, false);
  FakeClock clock;
  const auto progress = ui::makeProgress(stream, clock);
  progress->started("add the new root");
  progress->waiting(threeMissing);
  clock.at += base::Millis(1000);
  progress->waiting(threeMissing);
  clock.at += base::Millis(1000);
  progress->waiting({"every proxy trusts it", 4, 5, {"shop/c: no"}});
  progress->done("every proxy trusts it");
  EXPECT_EQ(text,
            "2027-01-15T08:00:00Z  add the new root\n"
            "2027-01-15T08:00:00Z  waiting: every proxy trusts it (2 of 5); missing: shop/a: no, shop/b: no, "
            "shop/c: no\n"
            "2027-01-15T08:00:02Z  waiting: every proxy trusts it (4 of 5); missing: shop/c: no\n"
            "2027-01-15T08:00:02Z  every proxy trusts it\n");
}

TEST(Progress, LiveRedrawsInPlaceAtMostFiveTimesASecond) {
  std::string text;
  ui::Stream stream = into(text, true);
  FakeClock clock;
  {
    const auto progress = ui::makeProgress(stream, clock);
    progress->started("add the new root");
    text.clear();
    ui::Waiting state = threeMissing;
    for (int i = 0; i < 10; ++i) {
      state.holding = static_cast<std::size_t>(i);
      progress->waiting(state);
      clock.at += base::Millis(50);
    }
    EXPECT_EQ(text,
              "\r  waiting: every proxy trusts it (0 of 5) (0s)\x1b[K\r\n"
              "  missing: shop/a: no, shop/b: no and 1 more\x1b[K\r\n\x1b[J"
              "\r\x1b[2A  waiting: every proxy trusts it (4 of 5) (0s)\x1b[K\r\n\n\x1b[J"
              "\r\x1b[2A  waiting: every proxy trusts it (8 of 5) (0s)\x1b[K\r\n\n\x1b[J");
    text.clear();
    progress->note("still there");
    EXPECT_EQ(text, "\r\x1b[2A\x1b[J  still there\n");
    progress->waiting({"one", 0, 0, {}});
    text.clear();
  }
  EXPECT_EQ(text, "\r\x1b[1A\x1b[J");
}

TEST(Progress, QuietSaysNothing) {
  std::string text;
  ui::Stream stream = into(text, true);
  stream.setQuiet(true);
  FakeClock clock;
  const auto progress = ui::makeProgress(stream, clock);
  progress->started("add the new root");
  progress->waiting(threeMissing);
  ui::printWarning(stream, "expires soon");
  EXPECT_EQ(text, "");
  ui::printError(stream, {base::Kind::failed, "no"});
  EXPECT_EQ(text, "error: no\n");
}

}  // namespace
