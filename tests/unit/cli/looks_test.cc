// What is said about the observations of tests/data/observations, against golden files.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "base/tar.h"
#include "json/value.h"
#include "mesh/observation_json.h"
#include "support/golden.h"
#include "terminal_into.h"
#include "trust/verdict.h"
#include "ui/matrix.h"

namespace {

using tests::observationFile;
using tests::runProgram;

trust::Observation observation(const std::string& name) {
  const auto document = json::parse(*base::readFile(observationFile(name)));
  return *mesh::observationFromJson(*document);
}

std::string matrixOf(const trust::Observation& mesh, std::size_t width, bool utf8) {
  return ui::matrixText(mesh, ui::listProxies(mesh), ui::Style(false), width, utf8);
}

TEST(Matrix, ByWorkload) {
  support::expectGolden("looks/matrix-will-break.txt", matrixOf(observation("will-break"), 100, true));
  support::expectGolden("looks/matrix-unproven.txt", matrixOf(observation("unproven"), 100, true));
}

TEST(Matrix, InAsciiAndOnANarrowTerminal) {
  support::expectGolden("looks/matrix-narrow.txt", matrixOf(observation("will-break"), 40, false));
  for (const std::size_t width : {30U, 40U, 60U, 80U}) {
    const auto text = matrixOf(observation("will-break"), width, false);
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = text.find('\n', begin);
      EXPECT_LE(end - begin, width) << text;
      begin = end + 1;
    }
    EXPECT_EQ(std::count_if(text.begin(), text.end(), [](char c) { return c < 0; }), 0);
  }
}

/// More workloads than there are columns: by class.
TEST(Matrix, OfALargeMeshShowsClasses) {
  auto mesh = observation("will-break");
  const auto like = mesh.proxies.front();
  for (int i = 0; i < 200; ++i) {
    auto more = like;
    more.pod = more.workload.name = "many-" + std::to_string(i);
    mesh.proxies.push_back(std::move(more));
  }
  support::expectGolden("looks/matrix-large.txt", matrixOf(mesh, 80, true));
}

TEST(Matrix, CountsWhatTheVerdictCounts) {
  for (const char* name : {"self-signed", "new-signer", "will-break", "unproven", "done"}) {
    const auto mesh = observation(name);
    const auto verdict = trust::verdict(mesh);
    for (const auto by : {trust::GroupBy::alike, trust::GroupBy::workload}) {
      const auto matrix = trust::matrix(mesh, by);
      EXPECT_EQ(trust::count(matrix, trust::Accepts::no), verdict.broken) << name;
      EXPECT_EQ(trust::count(matrix, trust::Accepts::yes) + verdict.broken, verdict.pairs) << name;
    }
  }
}

TEST(Status, SaysWhatItCanWithoutSecrets) {
  const auto got = runProgram({"status", "--observation", observationFile("forbidden")});
  EXPECT_EQ(got.code, 6);
  support::expectGolden("looks/status-forbidden.txt", got.out);
  support::expectGolden("looks/doctor-forbidden.txt",
                        runProgram({"doctor", "--observation", observationFile("forbidden")}).out);
}

TEST(Status, NamesWhatEndsSoon) {
  const auto got = runProgram({"status", "--observation", observationFile("done"), "--warn-before", "4000d"});
  EXPECT_EQ(got.code, 3);
  support::expectGolden("looks/status-warn.txt", got.out);
  support::expectGolden(
      "looks/status-table.txt",
      runProgram({"status", "--observation", observationFile("new-signer"), "-o", "wide"}).out);
}

class Report : public ::testing::Test {
 protected:
  Report() { std::filesystem::create_directories(folder_); }
  ~Report() override { std::filesystem::remove_all(folder_); }
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("ica-report-" + std::to_string(::getpid()));
};

TEST_F(Report, IsOnePageThatLoadsNothing) {
  const auto page = runProgram({"report", "--html", "-", "--observation", observationFile("will-break")});
  EXPECT_EQ(page.code, 3);
  EXPECT_EQ(page.err, "");
  for (const char* loads : {"<script", "http://", "src=", "@import", "url(", "<link", "href="})
    EXPECT_EQ(page.out.find(loads), std::string::npos) << loads;
  for (const char* part :
       {"id=\"matrix\"", "id=\"roots\"", "id=\"invariants\"", "id=\"stages\"", "id=\"expiry\"",
        "id=\"findings\"", "prefers-color-scheme: dark", "@media print", "will break"})
    EXPECT_NE(page.out.find(part), std::string::npos) << part;
}

TEST_F(Report, ShowsNamesOfTheClusterAsText) {
  auto mesh = observation("both-roots");
  mesh.proxies.front().pod = "<script>alert(1)</script>";
  mesh.proxies.front().workload.name = "\"><img onerror=x>'&";
  mesh.server = "https://<b>\x1b[31m";
  const auto path = folder_ / "hostile.json";
  ASSERT_TRUE(base::writeNewFile(path, json::dump(mesh::observationToJson(mesh))));
  const auto page = runProgram({"report", "--html", "-", "--observation", path.string()}).out;
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("<b>"), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(page.find("&quot;&gt;&lt;img onerror=x&gt;&#39;&amp;"), std::string::npos);
}

TEST_F(Report, OverwritesOnlyWhenToldTo) {
  const auto path = (folder_ / "mesh.html").string();
  const std::vector<std::string> command{"report", "--html", path, "--observation", observationFile("done")};
  EXPECT_EQ(runProgram(command).code, 0);
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto again = runProgram(command);
  EXPECT_EQ(again.code, 2);
  EXPECT_NE(again.err.find("--force writes over it"), std::string::npos) << again.err;
  auto forced = command;
  forced.push_back("--force");
  EXPECT_EQ(runProgram(forced).code, 0);
}

TEST_F(Report, ABundleIsLookedAtLikeTheMesh) {
  const auto source = observation("both-roots");
  auto secretive = source;
  secretive.istiodDeployments.front().env["ADMIN_PASSWORD"] = "hunter2";
  secretive.installation.meshConfigs.front().text = "trustDomain: cluster.local\nsome_token: hunter3\n";
  const auto saved = folder_ / "seen.json";
  ASSERT_TRUE(base::writeNewFile(saved, json::dump(mesh::observationToJson(secretive))));
  const auto path = (folder_ / "bundle.tar").string();
  const auto made = runProgram({"support-bundle", path, "--observation", saved.string()});
  EXPECT_EQ(made.code, 0) << made.err;
  const auto bytes = *base::readFile(path);
  EXPECT_EQ(bytes.find("hunter"), std::string::npos);
  EXPECT_EQ(bytes.find("PRIVATE KEY"), std::string::npos);
  for (const char* name : {"README", "observation.json", "status.json", "plan.json", "doctor.json",
                           "report.html", "version.json"})
    EXPECT_TRUE(base::tarMember(bytes, name)) << name;
  const auto direct = runProgram({"status", "--observation", observationFile("both-roots")});
  EXPECT_EQ(runProgram({"status", "--observation", path}).out, direct.out);
  const auto gzipped = runProgram({"support-bundle", path + ".gz", "--observation", saved.string()});
  EXPECT_EQ(gzipped.code, 2);
}

}  // namespace
