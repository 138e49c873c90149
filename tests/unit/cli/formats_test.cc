// Exit codes are the same in every output format, whatever a command says.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "terminal_into.h"

namespace {

using tests::observationFile;
using tests::runProgram;

/// Every format that a command offers, by its own row of the table.
std::vector<std::string> formatsOf(const std::string& name) {
  std::vector<std::string> formats;
  for (const auto& command : cli::commands()) {
    if (command.name != name) continue;
    for (const auto& option : command.options) {
      if (option.name == "output") formats.assign(option.choices.begin(), option.choices.end());
    }
  }
  return formats;
}

struct Row {
  std::vector<std::string> arguments;
  std::string observation;
  int code;
};

TEST(Formats, HaveTheSameExitCodeEverywhere) {
  const Row rows[] = {
      {{"status"}, "self-signed", 0},
      {{"status"}, "both-roots", 0},
      {{"status"}, "will-break", 0},
      {{"status"}, "done", 0},
      {{"status"}, "unproven", 4},
      {{"status"}, "forbidden", 6},
      {{"status", "--check"}, "self-signed", 3},
      {{"status", "--check"}, "both-roots", 3},
      {{"status", "--check"}, "done", 0},
      {{"status", "--check", "--until", "both-roots"}, "both-roots", 0},
      {{"status", "--check", "--until", "new-leaves"}, "both-roots", 3},
      {{"status", "--check"}, "forbidden", 6},
      {{"status", "--warn-before", "30d"}, "done", 0},
      {{"status", "--warn-before", "9999d"}, "done", 3},
      {{"plan"}, "self-signed", 0},
      {{"plan"}, "both-roots", 0},
      {{"plan", "--check"}, "done", 0},
      {{"doctor"}, "both-roots", 0},
      {{"doctor"}, "unproven", 4},
      {{"doctor"}, "forbidden", 6},
      {{"verify"}, "both-roots", 0},
      {{"verify"}, "new-signer", 0},
      {{"verify"}, "will-break", 3},
      {{"verify"}, "unproven", 4},
      {{"verify"}, "forbidden", 0},
  };
  for (const auto& row : rows) {
    const auto formats = formatsOf(row.arguments.front());
    ASSERT_GE(formats.size(), 6U) << row.arguments.front();
    for (const auto& format : formats) {
      auto arguments = row.arguments;
      for (const auto& word :
           {std::string("--observation"), observationFile(row.observation), std::string("-o"), format})
        arguments.push_back(word);
      const auto got = runProgram(arguments);
      EXPECT_EQ(got.code, row.code) << row.arguments.front() << " " << row.observation << " -o " << format
                                    << "\n"
                                    << got.out << got.err;
    }
  }
}

TEST(Formats, NamesAreOneAWordWithItsKind) {
  struct Named {
    std::vector<std::string> arguments;
    std::string observation, names;
  };
  const Named rows[] = {
      {{"status"}, "both-roots", "stage/both-roots\n"},
      {{"status"}, "forbidden", "stage/unknown\n"},
      {{"plan"}, "new-signer", "stage/new-leaves\nstage/old-root-removed\nstage/done\n"},
      {{"plan", "--until", "new-leaves"}, "new-signer", "stage/new-leaves\n"},
      {{"verify", "deployment/server", "-n", "shop"}, "both-roots", "pod/server-1'\npod/server-2'\n"},
  };
  for (const auto& row : rows) {
    auto arguments = row.arguments;
    for (const auto& word : {std::string("--observation"), observationFile(row.observation),
                             std::string("-o"), std::string("name")})
      arguments.push_back(word);
    EXPECT_EQ(runProgram(arguments).out, row.names) << row.arguments.front();
  }
}

TEST(Formats, OfARunAndOfADryRunAreApart) {
  const auto json = runProgram({"rotate", "--yes", "-o", "json"});
  EXPECT_EQ(json.code, 2);
  EXPECT_EQ(
      json.err,
      "error: -o json goes with --dry-run\n  hint: -o jsonl prints what happens, each event on a line\n");
  const auto events = runProgram({"add-root", "--root", observationFile("done"), "--dry-run", "-o", "jsonl"});
  EXPECT_EQ(events.code, 2);
}

TEST(Formats, ExplainListsAllAndGuesses) {
  EXPECT_NE(runProgram({"explain"}).out.find("ICA0103"), std::string::npos);
  EXPECT_NE(runProgram({"explain", "ica0103"}).out.find("finding ICA0103"), std::string::npos);
  EXPECT_NE(
      runProgram({"explain", "new-leaves"}).out.find("every proxy presents a certificate of the new CA"),
      std::string::npos);
  EXPECT_EQ(runProgram({"explain", "I3", "-o", "name"}).out, "invariant/I3\n");
  const auto wrong = runProgram({"explain", "ICA0l03"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("did you mean \"ICA0103\"?"), std::string::npos) << wrong.err;
}

}  // namespace
