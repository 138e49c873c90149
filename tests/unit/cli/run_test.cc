#include "cli/run.h"

#include <gtest/gtest.h>

#include "terminal_into.h"

namespace {

using tests::Outcome;
using tests::runProgram;

TEST(Run, HelpGoesToStandardOutput) {
  const Outcome bare = runProgram({});
  EXPECT_EQ(bare.code, 0);
  EXPECT_NE(bare.out.find("Usage: kubectl istio-ca COMMAND [OPTIONS]\n"), std::string::npos);
  EXPECT_EQ(bare.err, "");
  EXPECT_EQ(runProgram({"--help"}).out, bare.out);
  EXPECT_EQ(runProgram({"help"}).out, bare.out);
  EXPECT_EQ(runProgram({"help", "version"}).out, runProgram({"version", "-h"}).out);
}

TEST(Run, ErrorsGoToStandardErrorOnce) {
  const Outcome wrong = runProgram({"versoin"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(wrong.err, "error: unknown command \"versoin\"\n  hint: did you mean \"version\"?\n");
  EXPECT_EQ(runProgram({"help", "versio"}).err,
            "error: unknown command \"versio\"\n  hint: did you mean \"version\"?\n");
}

TEST(Run, Version) {
  EXPECT_EQ(runProgram({"--version"}).out.rfind("kubectl-istio-ca " ICA_VERSION "\n", 0), 0u);
  const std::string json = runProgram({"version", "--client", "-o", "json"}).out;
  EXPECT_EQ(
      json.rfind(
          "{\n  \"apiVersion\": \"istio-ca/v1\",\n  \"kind\": \"Version\",\n  \"version\": \"" ICA_VERSION,
          0),
      0u)
      << json;
}

TEST(Run, AFullDiskIsAFailure) {
  const Outcome full = runProgram({"version"}, /*fullDisk=*/true);
  EXPECT_EQ(full.code, 1);
  EXPECT_EQ(full.err, "error: cannot write standard output: No space left on device\n");
}

TEST(Run, NameOfTheProgram) {
  EXPECT_EQ(cli::programName("/usr/bin/kubectl-istio_ca"), "kubectl istio-ca");
  EXPECT_EQ(cli::programName("kubectl-istio-ca"), "kubectl istio-ca");
  EXPECT_EQ(cli::programName("./istio-ca"), "istio-ca");
  EXPECT_EQ(cli::programName(""), "kubectl istio-ca");
}

}  // namespace
