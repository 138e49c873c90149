#include "cli/parse.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/exit_codes.h"
#include "cli/global_options.h"
#include "cli/help.h"
#include "cli/man.h"

namespace {

using cli::Command;
using cli::Option;
using cli::Takes;
using Arguments = std::vector<std::string>;

/// A small table of its own, so that the real one may change.
const std::vector<Command>& table() {
  static const std::vector<Command> commands{
      {.name = "verify",
       .group = cli::Group::look,
       .summary = "check who trusts whom",
       .description = "Reads every proxy.\n\nThen tells.",
       .words = {.name = "TYPE/NAME", .most = 2},
       .options = {cli::namespaceOption(),
                   cli::allNamespacesOption(),
                   cli::outputOption({"table", "json"}),
                   cli::timeoutOption(),
                   {.name = "trusts",
                    .takes = Takes::file,
                    .value = "FILE",
                    .help = "every proxy trusts these",
                    .repeatable = true},
                   {.name = "wait", .help = "wait for it"}},
       .examples = {{"wait for the new root", "verify --trusts root-cert.pem --wait"}}},
      {.name = "create-ca",
       .group = cli::Group::files,
       .summary = "make a CA",
       .options =
           {cli::outputOption({"text", "yaml"}),
            {.name = "out", .takes = Takes::directory, .value = "DIR", .help = "where to", .required = true},
            {.name = "days",
             .takes = Takes::number,
             .value = "DAYS",
             .help = "how long",
             .fallback = "730"}}},
      {.name = "__raw", .words = {.name = "WORD", .most = 9}, .hidden = true, .raw = true},
  };
  return commands;
}

base::Result<cli::Invocation> parse(const Arguments& arguments) {
  return cli::parse(arguments, table(), cli::globalOptions());
}

TEST(Parse, FindsTheCommandWhereverItStands) {
  const Arguments lines[] = {
      {"verify", "-n", "shop", "deploy/a,b", "--context", "east"},
      {"-n", "shop", "--context", "east", "verify", "deploy/a,b"},
      {"-nshop", "--context=east", "verify", "deploy/a,b"},
      {"-n=shop", "verify", "--context", "east", "--", "deploy/a,b"},
  };
  for (const Arguments& line : lines) {
    const auto read = parse(line);
    ASSERT_TRUE(read) << base::describe(read.error());
    EXPECT_EQ(read->command->name, "verify");
    EXPECT_EQ(read->options.text("namespace"), "shop");
    EXPECT_EQ(read->options.text("context"), "east");
    EXPECT_EQ(read->options.words(), Arguments{"deploy/a,b"});
  }
}

TEST(Parse, ReadsValues) {
  const auto read = parse({"verify", "--trusts", "a,b.pem", "--trusts=c.pem", "-A", "--wait=false",
                           "--timeout", "1m30s", "-f", "x"});
  ASSERT_FALSE(read);  // -f is not in this table
  const auto good = parse({"verify", "--trusts", "a,b.pem", "--trusts=c.pem", "-Av", "2", "--wait=false",
                           "--timeout", "1m30s", "-ojson", "-i", "istio-dash-ed"});
  ASSERT_TRUE(good) << base::describe(good.error());
  const cli::Options& options = good->options;
  EXPECT_EQ(options.all("trusts"), (Arguments{"a,b.pem", "c.pem"}));
  EXPECT_TRUE(options.on("all-namespaces"));
  EXPECT_FALSE(options.on("wait"));
  EXPECT_EQ(options.duration("timeout"), base::Millis(90'000));
  EXPECT_EQ(options.text("output"), "json");
  EXPECT_EQ(options.number("verbose"), 2);
  EXPECT_EQ(options.text("istio-namespace"), "istio-dash-ed");
  EXPECT_FALSE(options.has("namespace"));
}

TEST(Parse, Defaults) {
  const auto read = parse({"verify"});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->options.text("output"), "table");
  EXPECT_FALSE(read->options.has("output"));
  EXPECT_EQ(read->options.duration("timeout"), base::Millis(300'000));
  EXPECT_EQ(read->options.text("istio-namespace"), "istio-system");
  EXPECT_TRUE(read->options.all("trusts").empty());
  const auto nothing = parse({});
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->command, nullptr);
  EXPECT_TRUE(parse({"--version"})->version);
  EXPECT_TRUE(parse({"create-ca", "--help"})->help);  // although --out is required
  EXPECT_EQ(parse({"__raw", "--what", "-n"})->options.words(), (Arguments{"--what", "-n"}));
}

TEST(Parse, SaysWhatIsWrongAndWhatIsMeant) {
  struct Case {
    Arguments arguments;
    std::string message, hint;
  };
  const Case cases[] = {
      {{"verfy"}, "unknown command \"verfy\"", "did you mean \"verify\"?"},
      {{"zzz"}, "unknown command \"zzz\"", "\"kubectl istio-ca --help\" lists the commands and options"},
      {{"verify", "--trust", "x"}, "unknown option --trust for verify", "did you mean --trusts?"},
      {{"verify", "-Z"},
       "unknown option -Z for verify",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"create-ca", "--out", "x", "-A"},
       "unknown option -A for create-ca",
       "\"kubectl istio-ca create-ca --help\" lists the options"},
      {{"verify", "--trusts"},
       "--trusts wants a value",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"verify", "-n"}, "-n wants a value", "\"kubectl istio-ca verify --help\" lists the options"},
      {{"verify", "-o", "xml"}, "--output: there is no \"xml\"", "one of: table, json"},
      {{"verify", "--timeout", "soon"},
       "--timeout: \"soon\" is not a duration",
       "write it like 90s, 5m or 1h30m"},
      {{"verify", "a", "b", "c"},
       "verify does not take \"c\"",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"create-ca"}, "create-ca wants --out DIR", "\"kubectl istio-ca create-ca --help\" lists the options"},
      {{"create-ca", "--out", ""}, "--out is empty", ""},
      {{"create-ca", "--out", "d", "--days", "-3"}, "--days: \"-3\" is not a number", ""},
      {{"create-ca", "--out", "d", "--days", "3x"}, "--days: \"3x\" is not a number", ""},
      {{"verify", "--wait=maybe"},
       "\"maybe\" is neither true nor false",
       "\"kubectl istio-ca verify --help\" lists the options"},
      {{"verify", "--=x"}, "cannot read \"--=x\"", "\"kubectl istio-ca verify --help\" lists the options"},
  };
  for (const Case& c : cases) {
    const auto read = parse(c.arguments);
    ASSERT_FALSE(read) << c.message;
    EXPECT_EQ(read.error().kind, base::Kind::usage);
    EXPECT_EQ(read.error().message, c.message);
    EXPECT_EQ(read.error().hint, c.hint) << c.message;
  }
}

TEST(Help, OfACommand) {
  EXPECT_EQ(cli::commandHelp(table()[0], "kubectl istio-ca", 80),
            "Check who trusts whom.\n\n"
            "Usage: kubectl istio-ca verify [TYPE/NAME...] [OPTIONS]\n\n"
            "Reads every proxy.\n\nThen tells.\n\n"
            "Options:\n"
            "  -n, --namespace NAMESPACE  only this namespace\n"
            "  -A, --all-namespaces       all meshed namespaces (the default)\n"
            "  -o, --output FORMAT        how to print (one of: table, json; default: table)\n"
            "      --timeout DURATION     how long to wait for what must hold before giving\n"
            "                             up with exit code 124 (default: 5m)\n"
            "      --trusts FILE          every proxy trusts these\n"
            "      --wait                 wait for it\n\n"
            "Examples:\n"
            "  # wait for the new root\n"
            "  kubectl istio-ca verify --trusts root-cert.pem --wait\n\n"
            "kubectl istio-ca help options shows the options that every command takes.\n");
}

TEST(Help, OfTheProgramListsWhatIsNotHidden) {
  const std::string help = cli::programHelp(table(), "kubectl istio-ca", 80);
  EXPECT_NE(help.find("\nLook, changing nothing:\n  verify  check who trusts whom\n"), std::string::npos)
      << help;
  EXPECT_NE(help.find("\nWork on files:\n  create-ca  make a CA\n"), std::string::npos) << help;
  EXPECT_NE(help.find("\n  124  what was waited for did not hold within --timeout\n"), std::string::npos)
      << help;
  EXPECT_EQ(help.find("__raw"), std::string::npos);
}

TEST(Man, EscapesForRoff) {
  const std::string page = cli::manPage(table(), {});
  EXPECT_NE(page.find(".SS verify [TYPE/NAME...] [OPTIONS]\nCheck who trusts whom.\n"), std::string::npos)
      << page;
  EXPECT_NE(page.find(".TP\n\\fB\\-n\\fR, \\fB\\-\\-namespace\\fR \\fINAMESPACE\\fR\nonly this namespace\n"),
            std::string::npos);
  EXPECT_NE(page.find("kubectl istio\\-ca verify \\-\\-trusts root\\-cert.pem \\-\\-wait\n"),
            std::string::npos);
}

TEST(Complete, OffersWhatMayStandThere) {
  struct Case {
    Arguments words;
    std::string candidates;
  };
  const Case cases[] = {
      {{""}, "verify\tcheck who trusts whom\ncreate-ca\tmake a CA\n:4\n"},
      {{"ver"}, "verify\tcheck who trusts whom\n:4\n"},
      {{"--context", "x", "cr"}, "create-ca\tmake a CA\n:4\n"},
      {{"verify", "--tr"}, "--trusts\tevery proxy trusts these\n:4\n"},
      {{"verify", "--kubec"}, "--kubeconfig\tthe kubeconfig to use, alone\n:4\n"},
      {{"verify", "-o", ""}, "table\njson\n:4\n"},
      {{"verify", "--output=j"}, "json\n:4\n"},
      {{"verify", "--trusts", "ro"}, ":0\n"},
      {{"create-ca", "--out", ""}, ":16\n"},
      {{"create-ca", "-o", ""}, "text\nyaml\n:4\n"},
      {{"create-ca", "--output=y"}, "yaml\n:4\n"},
      {{"verify", "-n", "s"}, "shop\n:4\n"},
      {{"create-ca", ""}, ":4\n"},
      {{"nonsense", ""}, ":4\n"},
      {{}, "verify\tcheck who trusts whom\ncreate-ca\tmake a CA\n:4\n"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(
        cli::complete(c.words, table(), cli::globalOptions(), [] { return Arguments{"shop", "default"}; }),
        c.candidates);
  }
  for (const char* shell : {"bash", "zsh", "fish", "kubectl"})
    EXPECT_FALSE(cli::completionScript(shell).empty());
  EXPECT_TRUE(cli::completionScript("csh").empty());
}

TEST(ExitCodes, FirstThatFits) {
  EXPECT_EQ(cli::combine({}), 0);
  EXPECT_EQ(cli::combine({0, 4, 3}), 3);
  EXPECT_EQ(cli::combine({4, 0}), 4);
  EXPECT_EQ(cli::combine({3, 124, 1, 5, 6, 130, 2}), 2);
  EXPECT_EQ(cli::combine({3, 124}), 124);
}

/// The scan before the command is known relies on it: a name or letter takes a value everywhere or nowhere,
/// and no command has two options of one name.
TEST(Table, NamesMeanTheSameEverywhere) {
  std::map<std::string_view, bool> takesValue;
  std::map<char, std::string_view> letters;
  auto check = [&](const Option& option, std::set<std::string_view>& own) {
    EXPECT_TRUE(own.insert(option.name).second) << option.name;
    EXPECT_GT(option.name.size(), 1u);
    const bool takes = option.takes != Takes::nothing;
    EXPECT_EQ(takesValue.emplace(option.name, takes).first->second, takes) << option.name;
    EXPECT_EQ(option.value.empty(), !takes) << option.name;
    EXPECT_FALSE(option.help.empty() || option.help.ends_with('.')) << option.name;
    if (option.letter != 0) {
      EXPECT_EQ(letters.emplace(option.letter, option.name).first->second, option.name);
    }
  };
  for (const Command& command : cli::commands()) {
    std::set<std::string_view> own;
    for (const Option& option : cli::globalOptions()) check(option, own);
    for (const Option& option : command.options) check(option, own);
    EXPECT_NE(command.run, nullptr) << command.name;
    EXPECT_FALSE(command.summary.empty() || command.summary.size() > 60) << command.name;
  }
}

}  // namespace
