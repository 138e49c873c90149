// What touches the system: files, processes, signals.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/clock.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/process.h"
#include "base/random.h"

namespace base {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() : folder(fs::temp_directory_path() / ("base-test-" + std::to_string(getpid()))) {
    fs::create_directory(folder);
  }
  ~Files() override { fs::remove_all(folder); }
  [[nodiscard]] std::size_t count() const {
    return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }
  fs::path folder;
};

TEST_F(Files, areWrittenOnceAndPrivately) {
  const fs::path path = folder / "ca-key.pem";
  ASSERT_TRUE(writeNewFile(path, "the key"));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(status.st_nlink, 1U);
  EXPECT_EQ(readFile(path).value(), "the key");
  EXPECT_EQ(readSecretFile(path)->reveal(), "the key");

  const auto again = writeNewFile(path, "another");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, Kind::usage);
  EXPECT_EQ(again.error().reason, "it exists already");
  fs::create_symlink(folder / "elsewhere", folder / "link");
  EXPECT_FALSE(writeNewFile(folder / "link", "x"));
  EXPECT_EQ(readFile(path).value(), "the key");
  EXPECT_EQ(count(), 2U);  // no temporary file stays
}

TEST_F(Files, sayWhyTheyFail) {
  const auto missing = readFile(folder / "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(describe(missing.error()),
            "cannot read " + (folder / "none").string() + ": No such file or directory");
  EXPECT_EQ(missing.error().kind, Kind::usage);
  EXPECT_EQ(readFile(folder).error().reason, "Is a directory");
  EXPECT_EQ(writeNewFile(folder / "no" / "such", "x").error().reason, "No such file or directory");
  fs::resize_file((std::ofstream(folder / "large"), folder / "large"), (256U << 20) + 1);
  EXPECT_EQ(readFile(folder / "large").error().reason, "it is larger than 256 MiB");
}

TEST_F(Files, haveFolders) {
  const fs::path deep = folder / "a" / "b" / "c";
  ASSERT_TRUE(makeDirectory(deep));
  ASSERT_TRUE(makeDirectory(deep));
  struct stat status {};
  ASSERT_EQ(stat((folder / "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  std::ofstream(folder / "file") << "x";
  EXPECT_EQ(makeDirectory(folder / "file" / "d").error().reason,
            (folder / "file").string() + " is not a directory");
}

TEST(Process, runsWithoutAShell) {
  const auto echo = run({.argv = {"printf", "%s|%s", "$HOME", "a b; c"}}, Millis(5000));
  ASSERT_TRUE(echo) << describe(echo.error());
  EXPECT_EQ(echo->out.reveal(), "$HOME|a b; c");
  EXPECT_EQ(echo->exitStatus, 0);
  EXPECT_EQ(run({.argv = {"false"}}, Millis(5000))->exitStatus, 1);
  EXPECT_EQ(run({.argv = {"cat"}}, Millis(5000))->out.reveal(), "");  // standard input is /dev/null
  setenv("ICA_TEST_KEPT", "kept", 1);
  setenv("ICA_TEST_CHANGED", "before", 1);
  const auto env = run({.argv = {"printenv", "ICA_TEST_KEPT", "ICA_TEST_CHANGED"},
                        .extraEnv = {{"ICA_TEST_CHANGED", "after"}}},
                       Millis(5000));
  EXPECT_EQ(env->out.reveal(), "kept\nafter\n");
}

TEST(Process, carriesMuchOutput) {
  const auto zeros = run({.argv = {"head", "-c", "3000000", "/dev/zero"}}, Millis(20'000));
  ASSERT_TRUE(zeros);
  EXPECT_EQ(zeros->out.reveal().size(), 3'000'000U);
}

TEST(Process, saysWhyItFails) {
  const auto missing = run({.argv = {"no-such-program-anywhere"}}, Millis(5000));
  ASSERT_FALSE(missing);
  EXPECT_EQ(describe(missing.error()), "cannot run 'no-such-program-anywhere': No such file or directory");
  EXPECT_FALSE(run({.argv = {}}, Millis(5000)));

  const SystemClock clock;
  const auto before = clock.elapsed();
  const auto slow = run({.argv = {"sleep", "60"}}, Millis(50));
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().kind, Kind::timedOut);
  EXPECT_LT(clock.elapsed() - before, Millis(20'000));
}

TEST(Clock, pauses) {
  SystemClock clock;
  const auto before = clock.elapsed();
  EXPECT_TRUE(clock.pause(Millis(20)));
  EXPECT_GE(clock.elapsed() - before, Millis(20));
  EXPECT_GT(clock.now().time_since_epoch().count(), 1'700'000'000);
}

TEST(Random, differs) {
  EXPECT_EQ(randomBytes(16).size(), 16U);
  EXPECT_NE(randomBytes(16), randomBytes(16));
}

/// In a process of its own, for a caught interrupt stays caught. The exit status says what happened.
[[noreturn]] void interruptAfter(Status (*blocked)()) {
  catchInterrupts();
  const bool before = interrupted() || !checkInterrupt();
  std::thread([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    kill(getpid(), SIGTERM);
  }).detach();
  const auto status = blocked();
  const bool good =
      !before && !status && status.error().kind == Kind::interrupted && interrupted() && !checkInterrupt();
  _exit(good ? 0 : 1);
}

TEST(InterruptDeathTest, endsWhateverWaits) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(interruptAfter([] { return SystemClock().pause(Millis(60'000)); }), testing::ExitedWithCode(0),
              "");
  EXPECT_EXIT(interruptAfter([]() -> Status {
                TRY(run({.argv = {"sleep", "60"}}, Millis(60'000)));
                return {};
              }),
              testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace base
