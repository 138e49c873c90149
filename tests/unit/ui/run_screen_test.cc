#include "ui/run_screen.h"

#include <gtest/gtest.h>

#include "support/golden.h"
#include "ui/painter.h"
#include "ui/run_story.h"

namespace {

using plan::Decision;
using plan::Stage;
using trust::Blocker;

constexpr base::Millis second{1000};

trust::Observation mesh(std::size_t proxies, std::size_t unread) {
  trust::Observation seen;
  seen.takenAt = base::Time{base::Seconds{1'800'000'000}};
  seen.server = "https://203.0.113.7:6443";
  seen.installation.istioVersion = "1.27.1";
  seen.proxies.resize(proxies);
  for (std::size_t i = 0; i < proxies; ++i) {
    seen.proxies[i].running = true;
    if (i >= unread) seen.proxies[i].secrets = trust::ProxySecrets{};
  }
  seen.istiods.resize(3);
  for (auto& istiod : seen.istiods) istiod.serving = trust::Certificates{};
  return seen;
}

Decision decision(Decision::Kind kind, Stage stage, Stage towards) {
  Decision made;
  made.kind = kind;
  made.stage = stage;
  made.towards = towards;
  made.answers = {{"every proxy trusts cluster.local (3f2a91c0) and Root CA (9b1e77d2)", 240, 240, {}},
                  {"every istio-ca-root-cert and webhook holds cluster.local (3f2a91c0) and Root CA "
                   "(9b1e77d2)",
                   14,
                   14,
                   {}}};
  return made;
}

/// Towards new-signer: istiods and proxies are behind.
Decision waitingForSigner() {
  auto made = decision(Decision::Kind::wait, Stage::bothRoots, Stage::newSigner);
  made.answers.push_back({"every istiod signs with Root CA (9b1e77d2)",
                          1,
                          3,
                          {{Blocker::Kind::no, "istiod istio-system/istiod-5d4b-x2xkq",
                            "still signs with another CA: O = cluster.local"},
                           {Blocker::Kind::no, "istiod istio-system/istiod-5d4b-zz81p",
                            "still signs with another CA: O = cluster.local"}}});
  trust::Answer leaves{"every proxy's certificate verifies with Root CA (9b1e77d2) alone", 200, 240, {}};
  for (int i = 0; i < 39; ++i)
    leaves.blockers.push_back({Blocker::Kind::no, "shop/server-" + std::to_string(1000 + i),
                               "presents a certificate issued by O = cluster.local"});
  leaves.blockers.push_back(
      {Blocker::Kind::unproven, "shop/batch-0", "port-forward to 15000: connection refused"});
  made.answers.push_back(std::move(leaves));
  return made;
}

const plan::Step signerStep{
    Stage::newSigner, "put the new signer into secret cacerts, its roots unchanged",
    "each istiod signs with the new CA as soon as its kubelet has refreshed the volume",
    plan::RestartIstiod{}};

/// A rotation that found multi-root done and is at its second write.
ui::RunStory rotation() {
  ui::RunStory story("rotate", {}, true, base::Millis{0});
  story.looking(base::Millis{0});
  story.looked(mesh(240, 0), decision(Decision::Kind::wait, Stage::multiRoot, Stage::bothRoots), 267,
               base::Millis{812});
  story.reached(decision(Decision::Kind::act, Stage::bothRoots, Stage::newSigner), 70 * second);
  return story;
}

ui::RunStory waiting() {
  auto story = rotation();
  story.writing(signerStep, 72 * second);
  story.wrote(72 * second);
  story.looking(73 * second);
  story.looked(mesh(240, 1), waitingForSigner(), 267, base::Millis{74'312});
  story.waiting(waitingForSigner(), 2 * second, 300 * second, base::Millis{74'312});
  story.note("the API server does not answer: connection refused; trying again",
             base::Time{base::Seconds{1'800'000'101}});
  story.note("the API server does not answer: connection refused; trying again",
             base::Time{base::Seconds{1'800'000'103}});
  return story;
}

ui::RunStory asking() {
  auto story = rotation();
  story.asking(signerStep, decision(Decision::Kind::act, Stage::bothRoots, Stage::newSigner), 72 * second);
  return story;
}

/// As the terminal shows it: cut at its edge, ESC readable.
std::string drawn(const ui::RunStory& story, ui::Size size, base::Millis now, bool colour = false,
                  bool utf8 = true) {
  const ui::Frame frame{size, ui::Style(colour), ui::symbols(utf8)};
  std::string text;
  for (const auto& line : ui::runScreen(story.view(), frame, now)) {
    for (const char letter : ui::fitLine(line, size.width - 1, frame.symbols.more)) {
      if (letter == '\x1b') text += "␛";
      if (letter != '\x1b') text += letter;
    }
    text += '\n';
  }
  return text;
}

TEST(RunScreen, Waiting) {
  const auto story = waiting();
  support::expectGolden("ui/waiting-80x24.txt", drawn(story, {80, 24}, 76 * second));
  support::expectGolden("ui/waiting-40x15.txt", drawn(story, {40, 15}, 76 * second));
  support::expectGolden("ui/waiting-200x50.txt", drawn(story, {200, 50}, 76 * second));
  support::expectGolden("ui/waiting-80x24-ascii.txt", drawn(story, {80, 24}, 76 * second, false, false));
  support::expectGolden("ui/waiting-100x30-colour.txt", drawn(story, {100, 30}, 76 * second, true));
}

TEST(RunScreen, SaysWhatToLookAtWhenNothingMoves) {
  auto story = waiting();
  for (int at = 80; at < 140; at += 2)
    story.waiting(waitingForSigner(), (at - 72) * second, 300 * second, at * second);
  support::expectGolden("ui/stuck-100x30.txt", drawn(story, {100, 30}, 140 * second));
  support::expectGolden("ui/stuck-80x12.txt", drawn(story, {80, 12}, 140 * second));
}

TEST(RunScreen, AsksWithWhatChangesAndTheProof) {
  support::expectGolden("ui/asking-80x24.txt", drawn(asking(), {80, 24}, 72 * second));
  support::expectGolden("ui/asking-60x10.txt", drawn(asking(), {60, 10}, 72 * second));
}

TEST(RunScreen, BeforeTheFirstLook) {
  ui::RunStory story("rotate", {}, true, base::Millis{0});
  story.looking(base::Millis{0});
  support::expectGolden("ui/first-80x24.txt", drawn(story, {80, 24}, 2 * second));
}

TEST(RunScreen, FitsEveryTerminal) {
  for (const auto& story : {waiting(), asking()}) {
    for (std::size_t height = 2; height <= 40; ++height) {
      for (const std::size_t width : {5, 20, 39, 61, 80, 120}) {
        const ui::Frame frame{{width, height}, ui::Style(true), ui::symbols(true)};
        const auto lines = ui::runScreen(story.view(), frame, 76 * second);
        EXPECT_LT(lines.size(), height) << width;
        EXPECT_FALSE(lines.empty()) << width << "x" << height;
      }
    }
  }
}

TEST(RunScreen, TheSummaryStays) {
  auto story = waiting();
  auto atGoal = story;
  story.ended(false, 90 * second);
  auto done = decision(Decision::Kind::done, Stage::done, Stage::done);
  atGoal.looking(100 * second);
  atGoal.looked(mesh(240, 0), done, 267, 101 * second);
  atGoal.ended(true, 101 * second);
  std::string text;
  for (const auto& each : {story, atGoal}) {
    for (const auto& line :
         ui::runSummary(each.view(), {{80, 24}, ui::Style(false), ui::symbols(true)}, 110 * second))
      text += line + "\n";
    text += "\n";
  }
  support::expectGolden("ui/summary.txt", text);
}

TEST(RunStory, KnowsSinceWhenNothingMoves) {
  ui::RunStory story("rotate", {}, true, base::Millis{0});
  story.waiting(waitingForSigner(), base::Millis{0}, 300 * second, 10 * second);
  EXPECT_EQ(story.view().moved, 10 * second);
  story.waiting(waitingForSigner(), base::Millis{0}, 300 * second, 20 * second);
  EXPECT_EQ(story.view().moved, 10 * second);
  auto less = waitingForSigner();
  less.answers.back().blockers.pop_back();
  story.waiting(less, base::Millis{0}, 300 * second, 30 * second);
  EXPECT_EQ(story.view().moved, 30 * second);
  EXPECT_EQ(story.view().predicates.back().missing.front().since, 10 * second);
  EXPECT_EQ(story.view().predicates.back().missing.front().subjects.size(), 39u);
}

TEST(RunStory, AStageKeepsItsTimeWhileALaterOneRollsOutItsIstiods) {
  ui::RunStory story("rotate", {}, true, base::Millis{0});
  const auto look = [&](Decision::Kind kind, Stage stage, Stage towards, base::Millis now) {
    story.looking(now);
    story.looked(mesh(2, 0), decision(kind, stage, towards), 9, now);
  };
  look(Decision::Kind::wait, Stage::multiRoot, Stage::bothRoots, 1 * second);
  look(Decision::Kind::act, Stage::bothRoots, Stage::newSigner, 16 * second);
  look(Decision::Kind::wait, Stage::multiRoot, Stage::done, 30 * second);  // istiods restart at the end
  look(Decision::Kind::done, Stage::done, Stage::done, 40 * second);
  for (const auto& stage : story.view().stages) {
    EXPECT_NE(stage.state, ui::RunView::State::todo) << stage.name;
    if (stage.name == "both-roots") {
      EXPECT_EQ(stage.took, 15 * second);
    }
    if (stage.name == "done") {
      EXPECT_EQ(stage.took, 10 * second);
    }
  }
}

TEST(RunStory, OnTheWayBackTheStagesHaveItsNames) {
  plan::Goal goal;
  goal.back = true;
  const ui::RunStory story("rollback", goal, true, base::Millis{0});
  ASSERT_EQ(story.view().stages.size(), 5u);
  EXPECT_EQ(story.view().stages.front().name, "former-root-added");
  EXPECT_EQ(ui::RunStory("restart", {}, false, base::Millis{0}).view().stages.size(), 0u);
}

}  // namespace
