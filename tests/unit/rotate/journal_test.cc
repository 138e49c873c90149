#include "rotate/journal.h"

#include <gtest/gtest.h>

#include <deque>

#include "rotate/evidence.h"
#include "rotate/finish.h"
#include "rotate/journaled_progress.h"
#include "rotate/run.h"
#include "support/fake_clock.h"
#include "support/tiny_mesh.h"
#include "support/unused_api.h"

namespace {

using rotate::Entry;
using rotate::Event;
using rotate::Journal;

/// One config map, patched and created as an API server does.
class JournalServer final : public support::UnusedApi {
 public:
  base::Result<json::Value> get(const std::string& path) override {
    EXPECT_EQ(path, kube::configMaps.path("istio-system", rotate::journalName));
    if (object.isNull()) return base::fail({base::Kind::notFound, "no journal"});
    return object;
  }
  base::Result<json::Value> write(const kube::Write& write) override {
    if (write.path.find("selfsubjectreviews") != std::string::npos) {
      return *json::parse(R"({"status":{"userInfo":{"username":"alice"}}})");
    }
    requests.push_back(write.method);
    if (!errors.empty()) {
      auto error = errors.front();
      errors.pop_front();
      if (error.kind == base::Kind::conflict) object = json::Value::object({{"data", nullptr}});
      return base::fail(error);
    }
    if (write.method == "POST") object = json::Value::object();
    if (object.isNull()) return base::fail({base::Kind::notFound, "no journal"});
    for (const auto& [key, value] : write.body["data"].members()) {
      EXPECT_EQ(key.find_first_not_of("-._0123456789abcdefTZ"), std::string::npos) << key;
      value.isNull() ? object.at("data").erase(key) : (void)object.at("data").set(key, value);
    }
    return object;
  }
  [[nodiscard]] std::size_t size() const { return json::dump(object).size(); }

  json::Value object;
  std::deque<base::Error> errors;
  std::vector<std::string> requests;
};

class Quiet final : public rotate::Progress {
 public:
  base::Result<bool> confirm(const plan::Step&, const plan::Decision&) override { return true; }
  base::Status acting(const plan::Step&) override {
    ++acted_;
    return {};
  }
  void acted(const plan::Step&, base::Millis) override {}
  void waiting(const plan::Decision&, base::Millis, base::Millis) override {}
  void reached(const plan::Decision&) override {}
  void note(std::string_view text) override { notes.emplace_back(text); }
  int acted_ = 0;
  std::vector<std::string> notes;
};

Entry entryOf(Event event, const std::string& newRoot = "", bool complete = false) {
  Entry entry;
  entry.event = event;
  entry.complete = complete;
  if (!newRoot.empty()) {
    entry.mesh = rotate::MeshState{"multi-root"};
    entry.mesh->oldRoots = {{"CN = old", "0000"}};
    entry.mesh->newRoot = rotate::Named{"CN = new", newRoot};
  }
  return entry;
}

class JournalTest : public testing::Test {
 protected:
  Journal journal(const std::string& who = "me@here") {
    return {
        server, "istio-system", {who, "kubectl istio-ca rotate"}, [this] { return now += base::Millis{7}; }};
  }
  JournalServer server;
  Journal::Moment now{base::Seconds{1'800'000'000}};
};

TEST_F(JournalTest, GivesBackInOrderWhatWasAdded) {
  auto first = journal(), second = journal("you@there");
  auto began = entryOf(Event::began, "aaaa");
  began.mesh->presented = {{{{"CN = old", "0000"}}, 3}};
  ASSERT_TRUE(first.append({began, entryOf(Event::writing)}));
  ASSERT_TRUE(second.append({entryOf(Event::waived)}));
  auto wrote = entryOf(Event::wrote);
  wrote.written = {{"PATCH /x", "12"}};
  wrote.proven = {{"all do", 3, 4, false, {"Pod/a/b: silent"}}};
  ASSERT_TRUE(first.append({wrote}));
  const auto all = journal().read();
  ASSERT_TRUE(all) << base::describe(all.error());
  ASSERT_EQ(all->size(), 4U);
  EXPECT_EQ(all->at(0).kubeUser, "alice");
  EXPECT_EQ(all->at(0).command, "kubectl istio-ca rotate");
  EXPECT_EQ(all->at(0).time, "2027-01-15T08:00:00.007Z");
  EXPECT_EQ(all->at(0).mesh, began.mesh);
  EXPECT_EQ(all->at(1).kubeUser, "");
  EXPECT_EQ(all->at(2).who, "you@there");
  EXPECT_EQ(all->at(3).written, wrote.written);
  EXPECT_EQ(all->at(3).proven, wrote.proven);
  EXPECT_EQ(server.requests, (std::vector<std::string>{"PATCH", "POST", "PATCH", "PATCH"}));
}

TEST_F(JournalTest, SurvivesWhoeverCreatesItAtTheSameTimeAndWhatIsNoEntry) {
  server.errors = {{base::Kind::notFound, "404"}, {base::Kind::conflict, "exists"}};
  ASSERT_TRUE(journal().append({entryOf(Event::began)}));
  server.object.at("data").set("note", "not JSON");
  server.object.at("data").set("other", "{\"event\":\"danced\"}");
  EXPECT_EQ(journal().read()->size(), 1U);
  server.errors = {{base::Kind::forbidden, "403"}};
  const auto refused = journal().append({entryOf(Event::began)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::Kind::forbidden);
}

TEST_F(JournalTest, DropsTheOldestOfEarlierRotationsFirstAndStaysBelowAnObjectsEnd) {
  auto full = journal();
  const auto fill = [&](const std::string& root, int count) {
    ASSERT_TRUE(full.append({entryOf(Event::began, root)}));
    for (int i = 0; i < count; ++i) {
      auto entry = entryOf(Event::failed);
      entry.text = std::string(9000, 'x');  // shortened to 4000
      ASSERT_TRUE(full.append({entry}));
    }
  };
  fill("aaaa", 100);
  ASSERT_TRUE(full.append({entryOf(Event::ended, "aaaa", true)}));
  fill("bbbb", 100);
  EXPECT_LT(server.size(), 700'000U);
  auto rotations = rotate::rotationsOf(*journal().read());
  ASSERT_EQ(rotations.size(), 2U);
  EXPECT_LT(rotations.front().size(), 60U);
  EXPECT_EQ(rotations.back().size(), 101U);
  fill("bbbb", 200);
  EXPECT_LT(server.size(), 1'000'000U);
  rotations = rotate::rotationsOf(*journal().read());
  EXPECT_EQ(rotations.back().front().event, Event::began) << "how it began stays";
}

TEST(Rotations, AreToldApartByTheirEndAndByTheNewRoot) {
  const auto began = [](const char* root) { return entryOf(Event::began, root); };
  const auto ended = [](bool complete) { return entryOf(Event::ended, "", complete); };
  struct Row {
    const char* name;
    std::vector<Entry> entries;
    std::vector<std::size_t> sizes;
  };
  for (const auto& [name, entries, sizes] : std::vector<Row>{
           {"nothing", {}, {}},
           {"killed and run again", {began("a"), entryOf(Event::writing), began("a"), ended(true)}, {4}},
           {"stage by stage", {began(""), ended(false), began("a"), ended(false), began("a")}, {5}},
           {"done, then another", {began("a"), ended(true), began("b")}, {2, 1}},
           {"done, then the first step of another", {began("a"), ended(true), began("")}, {2, 1}},
           {"finished later", {began("a"), ended(true), began("a"), ended(true)}, {4}},
           {"back in the middle", {began("a"), began("0000"), ended(true)}, {3}},
           {"given up for another", {began("a"), began("b")}, {1, 1}},
           {"without its beginning", {ended(true), began("b")}, {1, 1}}}) {
    std::vector<std::size_t> got;
    for (const auto& rotation : rotate::rotationsOf(entries)) got.push_back(rotation.size());
    EXPECT_EQ(got, sizes) << name;
  }
}

/// A rotation of the tiny mesh with a journal, killed after some writes.
class World final : public rotate::World {
 public:
  explicit World(support::TinyMesh& mesh) : mesh_(mesh) {}
  base::Result<trust::Observation> observe(bool mounts) override { return mesh_.observe(mounts); }
  base::Status perform(const plan::Action& action) override {
    mesh_.perform(action);
    if (--left == 0) return base::fail({base::Kind::failed, "killed"});
    return {};
  }
  void nudge(const std::vector<kube::PodRef>&) override {}
  base::Status holdLease(bool) override { return {}; }
  int left = 0;

 private:
  support::TinyMesh& mesh_;
};

class JournaledRun : public JournalTest {
 protected:
  base::Result<plan::Decision> run(rotate::JournaledProgress& progress) {
    rotate::RunOptions options;
    options.goal.newRoot = mesh.newCa.root;
    options.goal.newCa = support::forPlan(mesh.newCa);
    options.goal.restartWorkloads = true;
    options.goal.mounts = true;
    return rotate::run(world, clock, progress, std::move(options));
  }
  support::TinyMesh mesh{support::TestCa::selfSigned("cluster.local"),
                         support::TestCa::withIntermediate("new")};
  World world{mesh};
  test::FakeClock clock;
  Quiet quiet;
};

TEST_F(JournaledRun, ItsEvidenceSpansAllRunsAndHasEveryWriteAndGate) {
  {
    auto dead = journal();
    rotate::JournaledProgress progress(quiet, dead, {{"Pod/shop/x", "it may fail"}}, nullptr);
    world.left = 4;
    EXPECT_FALSE(run(progress));  // and nobody lives to say so
  }
  auto alive = journal();
  rotate::JournaledProgress progress(
      quiet, alive, {}, [] { return std::vector<rotate::Written>{{"PATCH /secrets/cacerts", "77"}}; });
  const auto done = run(progress);
  ASSERT_TRUE(done) << base::describe(done.error());
  ASSERT_TRUE(progress.ended());
  const auto rotations = rotate::rotationsOf(*journal().read());
  ASSERT_EQ(rotations.size(), 1U);
  const auto evidence = rotate::evidenceOf(rotations.back());
  EXPECT_TRUE(evidence.complete);
  ASSERT_EQ(evidence.runs.size(), 2U);
  EXPECT_EQ(evidence.runs[1].outcome, "reached stage done");
  EXPECT_EQ(evidence.writes.size(), mesh.writes.size());
  EXPECT_EQ(evidence.writes[3].failure, "killed");
  EXPECT_EQ(evidence.writes.back().requests.front().resourceVersion, "77");
  EXPECT_EQ(evidence.waivers.front().name, "Pod/shop/x");
  ASSERT_TRUE(evidence.before && evidence.after);
  EXPECT_EQ(evidence.before->stage, "self-signed");
  EXPECT_EQ(evidence.before->signer->fingerprint, mesh.oldCa.signer.fingerprint());
  EXPECT_EQ(evidence.after->stage, "done");
  EXPECT_EQ(evidence.after->signer->fingerprint, mesh.newCa.signer.fingerprint());
  EXPECT_EQ(evidence.after->trusted.size(), 1U);
  std::set<std::string> gated;
  for (const auto& gate : evidence.gates) {
    EXPECT_FALSE(gate.proven.empty());
    gated.insert(gate.step);
  }
  EXPECT_TRUE(gated.contains("take the old root out of secret cacerts"));
  EXPECT_EQ(json::dump(server.object).find("PRIVATE"), std::string::npos);
  EXPECT_EQ(json::dump(server.object).find("BEGIN"), std::string::npos);

  rotate::JournaledProgress again(quiet, alive, {}, nullptr);
  ASSERT_TRUE(run(again));
  EXPECT_FALSE(again.ended()) << "nothing was done and nothing was left";
}

TEST_F(JournaledRun, NoStepIsTakenThatCannotBeWrittenDown) {
  server.errors.assign(100, {base::Kind::forbidden, "may not patch configmaps"});
  auto shut = journal();
  rotate::JournaledProgress progress(quiet, shut, {}, nullptr);
  const auto result = run(progress);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::Kind::forbidden);
  EXPECT_TRUE(mesh.writes.empty());
  EXPECT_EQ(quiet.acted_, 0);
}

TEST_F(JournaledRun, OldKeysMayGoOnlyWhenEveryIstiodHasTheNewCa) {
  EXPECT_FALSE(rotate::mayForget(mesh.observe(false)).front().yes()) << "no cacerts yet";
  auto kept = journal();
  rotate::JournaledProgress progress(quiet, kept, {}, nullptr);
  ASSERT_TRUE(run(progress));
  auto seen = mesh.observe(false);
  for (const auto& answer : rotate::mayForget(seen)) EXPECT_TRUE(answer.yes()) << answer.predicate;
  const auto left = rotate::leftBehind(seen);
  ASSERT_EQ(left.size(), 2U);
  for (const auto& each : left) {
    EXPECT_FALSE(each.inUse) << each.name;
    EXPECT_EQ(each.certificate, mesh.oldCa.signer);
  }
  (**seen.cacerts).keyFingerprint = "of another key";
  EXPECT_FALSE(rotate::mayForget(seen).front().yes()) << "inconsistent";

  struct Refusing final : support::UnusedApi {
    base::Result<json::Value> write(const kube::Write& write) override {
      last = write;
      return base::fail({base::Kind::conflict, "the UID in the precondition does not match"});
    }
    kube::Write last;
  } api;
  EXPECT_EQ(rotate::deleteSecret(api, left.front()).error().kind, base::Kind::conflict);
  EXPECT_EQ(api.last.method, "DELETE");
  EXPECT_EQ(api.last.body["preconditions"]["uid"].text(), left.front().uid);
  EXPECT_EQ(api.last.body["preconditions"]["resourceVersion"].text(), left.front().resourceVersion);
}

}  // namespace
