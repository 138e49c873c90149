#include "cli/evidence_report.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "cli/command_line.h"
#include "cli/journal_report.h"
#include "support/golden.h"
#include "ui/output.h"

namespace {

using rotate::Entry;
using rotate::Event;

Entry entry(Event event, const std::string& time, const std::string& run, const std::string& stage = "") {
  Entry made;
  made.event = event;
  made.time = "2026-11-24T" + time + "Z";
  made.key = made.time;
  made.run = run;
  made.who = "ann@desk";
  made.stage = stage;
  return made;
}

/// Two runs: the first one killed in the middle of a write, the second one to the end, then finish.
std::vector<Entry> rotation() {
  const rotate::Named oldRoot{"O = cluster.local", std::string(64, 'a')};
  const rotate::Named newRoot{"CN = Root *CA*", "b1" + std::string(62, 'b')};
  auto began = entry(Event::began, "01:00:00.001", "11aa", "self-signed");
  began.kubeUser = "admin";
  began.command = "kubectl istio-ca rotate --yes";
  began.mesh = rotate::MeshState{"self-signed", "https://host:6443", {oldRoot}, newRoot, oldRoot};
  began.mesh->secret = "istio-system/istio-ca-secret";
  began.mesh->secretVersion = "7";
  began.mesh->bundle = {oldRoot};
  began.mesh->istiods = 2;
  began.mesh->proxies = 4;
  began.mesh->unread = 1;
  began.mesh->presented = began.mesh->trusted = {{{oldRoot}, 3}};
  auto waived = entry(Event::waived, "01:00:00.002", "11aa");
  waived.waivers = {"Pod/shop/legacy-0"};
  waived.text = "unproven: refused. You answer for it";
  auto gate = entry(Event::gate, "01:00:00.003", "11aa", "both-roots");
  gate.step = "create secret cacerts";
  gate.proven = {{"every proxy trusts it", 3, 4, true, {"Pod/shop/legacy-0: refused"}},
                 {"every istiod has it", 0, 2, false, {}}};
  auto writing = entry(Event::writing, "01:00:00.003", "11aa", "both-roots");
  writing.step = "create secret cacerts";
  writing.text = "istiods hand out both roots";

  auto again = entry(Event::began, "01:05:00.000", "22bb", "both-roots");
  again.command = "kubectl istio-ca rotate --yes --take-over";
  again.text = "the lease was taken over from ann@desk pid 7";
  auto next = entry(Event::writing, "01:05:01.000", "22bb", "done");
  next.step = "restart istiod";
  auto failed = entry(Event::failed, "01:05:02.000", "22bb", "done");
  failed.step = next.step;
  failed.text = "patch deployment istiod: \n  shop/a: conflict\n  shop/b: | 409";
  auto once = entry(Event::writing, "01:05:03.000", "22bb", "done");
  once.step = next.step;
  auto wrote = entry(Event::wrote, "01:05:03.500", "22bb", "done");
  wrote.step = next.step;
  wrote.written = {{"PATCH /apis/apps/v1/namespaces/istio-system/deployments/istiod", "99"}};
  auto arrived = entry(Event::arrived, "01:05:09.000", "22bb", "done");
  arrived.proven = {{"every istiod started since", 2, 2, true, {}}};
  auto ended = entry(Event::ended, "01:05:09.100", "22bb", "done");
  ended.complete = true;
  ended.mesh = began.mesh;
  ended.mesh->stage = "done";
  ended.mesh->signer = newRoot;
  ended.mesh->presented = ended.mesh->trusted = {{{newRoot}, 4}};
  ended.mesh->unread = 0;
  return {began, waived, gate, writing, again, next, failed, once, wrote, arrived, ended};
}

TEST(Evidence, IsRenderedForPeopleAndForMachines) {
  const auto evidence = rotate::evidenceOf(rotation());
  support::expectGolden("evidence/rotation.md", cli::evidenceMarkdown(evidence));
  support::expectGolden("evidence/rotation.json", ui::renderJson(cli::evidenceJson(evidence)));
  support::expectGolden("evidence/nothing.md", cli::evidenceMarkdown({}));
}

TEST(Evidence, TheJournalIsAStory) {
  support::expectGolden("evidence/journal.txt", cli::journalText({rotation()}, ui::Style(false), 0));
  support::expectGolden("evidence/journal.json", ui::renderJson(cli::journalJson({rotation()})));
  const auto narrow = cli::journalText({rotation()}, ui::Style(false), 90);
  std::size_t longest = 0, begin = 0;
  for (auto end = narrow.find('\n'); end != std::string::npos;
       begin = end + 1, end = narrow.find('\n', begin))
    longest = std::max(longest, end - begin);
  EXPECT_LE(longest, 90U) << narrow;
}

TEST(Evidence, IsWrittenForOneselfAndNeverOverAnother) {
  char name[] = "/tmp/evidence-XXXXXX";
  const std::filesystem::path directory = mkdtemp(name);
  const auto evidence = rotate::evidenceOf(rotation());
  const auto first = cli::writeEvidence(directory / "new", evidence);
  ASSERT_TRUE(first) << base::describe(first.error());
  EXPECT_EQ(first->filename(), "rotation-20261124T010000Z-b1bbbbbb.md");
  struct stat status {};
  ASSERT_EQ(::stat(first->c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto second = cli::writeEvidence(directory / "new", evidence);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->filename(), "rotation-20261124T010000Z-b1bbbbbb-2.md");
  EXPECT_EQ(*base::readFile(*first), *base::readFile(*second));
  EXPECT_FALSE(cli::writeEvidence("/proc/nowhere", evidence));
  std::filesystem::remove_all(directory);
}

TEST(CommandLine, IsKeptWithoutWhatIsSecret) {
  struct Row {
    std::vector<std::string> arguments;
    std::string shown;
  };
  for (const auto& [arguments, shown] :
       std::vector<Row>{{{"rotate", "--yes"}, "ica rotate --yes"},
                        {{"rotate", "--token", "s3cret", "--yes"}, "ica rotate --token *** --yes"},
                        {{"rotate", "--token=s3cret"}, "ica rotate --token=***"},
                        {{"--token", "--token", "--yes"}, "ica --token *** --yes"},
                        {{"--server", "https://me:s3cret@host:1/x@y"}, "ica --server https://***@host:1/x@y"},
                        {{"--server=https://me@host"}, "ica --server=https://***@host"},
                        {{"--ca", "my folder"}, "ica --ca 'my folder'"},
                        {{"--ca", ""}, "ica --ca ''"}}) {
    EXPECT_EQ(cli::shownCommandLine("ica", arguments), shown);
  }
}

}  // namespace
